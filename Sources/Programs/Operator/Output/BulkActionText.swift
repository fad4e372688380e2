import Operations
import StrictJSON
import CommandLineInterface

/// Bulk actions in words.
enum BulkActionText {
  static func text(of operations: [BulkAction]) -> String {
    TextTable.text(
      of: operations,
      orElse: "there are no operations",
      ["id", "kind", "state", "planned", "items", "done", "skipped", "left", "a second", "filter"],
      numbers: [4, 5, 6, 7, 8]
    ) { operation in
      let counts = operation.counts
      return [
        "\(operation.id)", operation.kind.rawValue, operation.state.rawValue, operation.plannedAt,
        "\(counts.total)", "\(counts.done)", "\(counts.skipped)", "\(counts.left)",
        "\(operation.pace)", operation.filter.text,
      ]
    }
  }

  /// What would happen, before it does.
  static func preview(_ kind: BulkAction.Kind, _ shares: [BulkAction.Share], pace: Int) -> String {
    let count = shares.reduce(0) { $0 + $1.count }
    let messages = count == 1 ? "1 message" : "\(count) messages"
    let effect =
      switch kind {
      case .retry:
        "\(messages) would go back to their stages, at most \(pace) a second, so in about "
          + "\(max(1, (count + pace - 1) / pace)) s. Each is handled there as if for the first time; "
          + "one that was handled meanwhile does nothing."
      case .discard:
        "\(messages) would be discarded: nothing more is done for them, and the ledger counts "
          + "leads that were given up before their opportunity as ignored."
      }
    return count == 0
      ? "there are no such open dead letters" : BulkActionText.shares(shares) + "\n" + effect
  }

  static func shares(_ shares: [BulkAction.Share]) -> String {
    var table = TextTable(["integration", "stage", "code", "count", "oldest"], numbers: [3])
    for share in shares {
      table.add([share.integration, share.stage, share.code, "\(share.count)", share.oldest])
    }
    return table.text
  }

  static func progress(_ operation: BulkAction) -> String {
    let counts = operation.counts
    let skipped = counts.skipped > 0 ? ", \(counts.skipped) were not open any more" : ""
    let left = counts.left > 0 ? ", \(counts.left) left" : ""
    return "operation \(operation.id) is \(operation.state.rawValue): "
      + "\(counts.done) of \(counts.total) \(operation.kind == .retry ? "sent" : "discarded")"
      + skipped + left
  }
}
