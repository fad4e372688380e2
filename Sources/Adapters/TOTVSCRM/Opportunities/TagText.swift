import Leads
import StrictJSON

/// Tags as one text of a custom field, since TOTVS CRM has no tags of its own: assumed, parted by commas,
/// which no tag of RD Station holds.
struct TagText: Sendable, Hashable {
  let tags: [String]

  init(_ tags: [String]) { self.tags = tags }

  init(in value: JSON) {
    let parts = value.string?.split(separator: ",") ?? []
    tags = parts.compactMap { String($0).nonBlank }
  }

  var json: JSON { tags.isEmpty ? .null : .string(tags.joined(separator: ", ")) }
}
