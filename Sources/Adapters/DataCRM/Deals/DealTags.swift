import Leads

/// The tags of a deal: DataCRM has none of its own for it, and the customer keeps them in a text.
///
/// Assumed: in a text area of their own where the settings name one, joined by commas; else in a line of
/// the description that says so.
struct DealTags: Sendable, Hashable {
  let tags: [String]
  private let field: String?

  init(_ tags: [String], in places: DataCRMPlaces) {
    self.tags = tags
    field = places.tags
  }

  init(_ row: DataCRMRow, in places: DataCRMPlaces) {
    field = places.tags
    tags = places.tags.map { Self.split(row[$0]) } ?? DealText(row["description"]).tags
  }

  /// What is to be written where these values stand.
  func written(over values: [String: String]) -> [String: String] {
    if let field { return [field: Self.joined(tags)] }
    return ["description": DealText(values["description"] ?? "").with(tags: tags)]
  }

  static func split(_ text: some StringProtocol) -> [String] {
    text.split { $0 == "," || $0.isNewline }.compactMap { String($0).nonBlank }
  }

  static func joined(_ tags: [String]) -> String { tags.joined(separator: ", ") }
}
