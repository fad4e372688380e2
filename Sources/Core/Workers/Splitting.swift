/// How a batch that cannot be done whole is taken apart, and when no more of it is tried.
///
/// | what it met | parts | why |
/// | --- | --- | --- |
/// | too much at once | quarters, of quarters | what fits goes on together, and one of 64 is alone after three steps |
/// | somebody holds what it needs | each alone | the others do not need it |
/// | anything else | each alone | one of them is at fault |
///
/// When two that were tried alone end as the whole did, one after the other, it is no fault of theirs:
/// the server is slow, or a whole table is locked. The rest is put off untouched, for each further try
/// would take a time-out and an attempt.
struct Splitting {
  private var cause: Reason?
  private var inARow = 0

  private static let patience = 2

  /// Why the rest is put off; nil as long as it is worth trying.
  var givenUp: Reason? { inARow >= Self.patience ? cause : nil }

  static func parts<Element>(of whole: [Element], after disposition: Disposition) -> [[Element]] {
    let size = disposition == .split ? (whole.count + 3) / 4 : 1
    return stride(from: 0, to: whole.count, by: size).map {
      Array(whole[$0..<min($0 + size, whole.count)])
    }
  }

  /// A batch failed as a whole.
  mutating func begin(_ disposition: Disposition, _ reason: Reason?) {
    cause = disposition == .split || disposition == .busy ? reason : nil
    inARow = 0
  }

  /// A part has its outcomes.
  mutating func passed(_ outcomes: [Outcome]) {
    inARow = outcomes.count == 1 && outcomes[0].isWaiting(for: cause) ? inARow + 1 : 0
  }
}

extension Outcome {
  fileprivate func isWaiting(for cause: Reason?) -> Bool {
    switch self {
    case .retry(let reason), .snooze(_, let reason): reason.code == cause?.code
    case .done, .reject: false
    }
  }
}
