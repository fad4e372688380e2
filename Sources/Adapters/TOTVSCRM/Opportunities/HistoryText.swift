import FoundationEssentials
import Leads

/// What a lead did at RD Station as one text of a custom field, oldest first, a line an event: assumed, as
/// no public page tells how activities are written.
struct HistoryText: Sendable, Hashable {
  /// In characters; beyond it the oldest lines go.
  static let max = 4000

  let text: String

  init(_ items: [HistoryItem]) {
    var lines: [String] = []
    var length = 0
    for item in items.reversed() {
      let line = Self.line(item)
      length += line.count + 1
      guard length <= Self.max else { break }
      lines.append(line)
    }
    text = lines.reversed().joined(separator: "\n")
  }

  private static func day(_ time: Timestamp) -> String {
    Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
      .formatted(.iso8601.year().month().day())
  }

  private static func line(_ item: HistoryItem) -> String {
    let words =
      switch item.kind {
      case .conversion: "Conversão"
      case .opportunityMark: "Marcado como oportunidade"
      }
    let parts = [item.at.map(Self.day), words, item.identifier, item.origin]
    return FieldLength.fitting(parts.compactMap { $0?.nonBlank }.joined(separator: " · ")).text
  }
}
