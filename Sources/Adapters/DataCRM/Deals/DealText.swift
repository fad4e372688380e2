import Leads

/// The description of a deal, with what we keep in it: a line of tags, and the lead's history below a heading.
///
/// What people write there stays.
///
/// Assumed: no page tells a better place for the history that every account has.
struct DealText: Sendable, Hashable {
  private static let tagsSign = "Etiquetas: "
  private static let heading = "— RD Station —"
  private static let itemSign = "· "
  /// Lines of history; of more the newest stay.
  private static let itemsMax = 100

  let tags: [String]
  private let others: [String]
  private let items: [String]

  init(_ text: String) {
    var tags: [String] = []
    var others: [String] = []
    var items: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.hasPrefix(Self.tagsSign) {
        tags += DealTags.split(line.dropFirst(Self.tagsSign.count))
      } else if line.hasPrefix(Self.itemSign) {
        items.append(String(line))
      } else if line != Self.heading {
        others.append(String(line))
      }
    }
    (self.tags, self.others, self.items) = (tags, others, items)
  }

  private init(tags: [String], others: [String], items: [String]) {
    (self.tags, self.others, self.items) = (tags, others, items)
  }

  func with(tags: [String]) -> String {
    DealText(tags: tags, others: others, items: items).text
  }

  /// With the lines that are not there yet.
  func adding(_ history: [HistoryItem]) -> String {
    let lines = history.suffix(Self.itemsMax).map { Self.itemSign + Self.line($0) }
    let known = Set(items)
    let all = items + lines.filter { !known.contains($0) }
    return DealText(tags: tags, others: others, items: all.suffix(Self.itemsMax)).text
  }

  private var text: String {
    var lines = tags.isEmpty ? [] : [Self.tagsSign + DealTags.joined(tags)]
    lines += [others.joined(separator: "\n").trimmed].filter { !$0.isEmpty }
    if !items.isEmpty { lines += [Self.heading] + items }
    return lines.joined(separator: "\n")
  }

  private static func line(_ item: HistoryItem) -> String {
    let kind =
      switch item.kind {
      case .conversion: "Conversión"
      case .opportunityMark: "Marcado como oportunidad"
      }
    let at = item.at.map { "\(ServerTime(seconds: $0.milliseconds / 1000).text) " } ?? ""
    let what = [item.identifier, item.origin.map { "(\($0))" }].compactMap(\.self)
      .joined(separator: " ").split(whereSeparator: \.isNewline).joined(separator: " ")
    return "\(at)\(kind)\(what.isEmpty ? "" : ": \(what)")"
  }
}
