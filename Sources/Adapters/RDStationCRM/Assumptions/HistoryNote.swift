import Crypto
import Leads

/// Assumed (reference 7.1): a note is the only documented way to write history into a deal, and nothing
/// takes one back.
///
/// So each line ends with a sign of what it tells, and a line is written only where no note of the deal
/// has its sign. The sign is ASCII: accents in notes were seen damaged.
struct HistoryNote: Sendable, Hashable {
  /// Of the lines that are not told yet; nil when all are.
  let text: String?

  init(_ items: [HistoryItem], besides notes: [String]) {
    var told: Set<String> = []
    let lines = items.compactMap { item -> String? in
      let sign = Self.sign(of: item)
      guard told.insert(sign).inserted, !notes.contains(where: { $0.contains(sign) }) else {
        return nil
      }
      return "\(Self.line(item)) \(sign)"
    }
    text =
      lines.isEmpty
      ? nil : (["RD Station Marketing:"] + lines).joined(separator: "\n")
  }

  private static func line(_ item: HistoryItem) -> String {
    let kind =
      switch item.kind {
      case .conversion: "conversão"
      case .opportunityMark: "marcação de oportunidade"
      }
    let parts = [
      item.at.map { MomentText($0.milliseconds).minutes }, kind, item.identifier,
      item.origin.map { "origem: \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private static func sign(of item: HistoryItem) -> String {
    let parts = [
      item.kind.rawValue, item.identifier ?? "", item.origin ?? "",
      item.at.map { "\($0.milliseconds)" } ?? "",
    ]
    let digest = SHA256.hash(data: Array(parts.joined(separator: "\u{0}").utf8))
    let digits = digest.prefix(5).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "[#\(digits.joined())]"
  }
}
