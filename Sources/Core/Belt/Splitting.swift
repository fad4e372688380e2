/// How a batch that cannot be done whole is taken apart, and when no more of it is tried.
///
/// | what it met | parts | why |
/// | --- | --- | --- |
/// | too much at once | quarters, of quarters | what fits goes on together, and one of 64 is alone after three steps |
/// | somebody holds what it needs | each alone | the others do not need it |
/// | anything else | each alone | one of them is at fault |
///
/// When two of an integration that were tried alone end as the whole did, one after the other, it is no
/// fault of theirs: much of what it sent is too large, the server is slow, or a whole table is locked. Its
/// rest is put off untouched, for each further try would take a time-out and an attempt; after five without
/// a success of anybody, which takes three integrations, that of all.
struct Splitting {
  private var cause: Reason?
  /// The codes of what the whole met, as long as each of it is a matter of waiting or of size.
  private var causes: Set<String> = []
  private var inARow: [String: Int] = [:]
  private var sinceSuccess = 0

  private static let patience = (one: 2, all: 5)

  /// Why a message is put off; nil as long as it is worth trying.
  func givesUp(_ message: Message) -> Reason? {
    let isEnough =
      inARow[message.integration, default: 0] >= Self.patience.one
      || sinceSuccess >= Self.patience.all
    return isEnough ? cause : nil
  }

  static func parts<Element>(of whole: [Element], after disposition: Disposition) -> [[Element]] {
    let size = disposition == .split ? (whole.count + 3) / 4 : 1
    return stride(from: 0, to: whole.count, by: size).map {
      Array(whole[$0..<min($0 + size, whole.count)])
    }
  }

  /// A batch failed as a whole.
  mutating func begin(_ disposition: Disposition, _ reason: Reason?) {
    guard disposition == .split || disposition == .busy, let reason else {
      self = Self()
      return
    }
    cause = reason
    causes.insert(reason.code)
  }

  /// A part has its outcomes.
  mutating func passed(_ messages: [Message], _ outcomes: [Outcome]) {
    if outcomes.count == 1, outcomes[0].isWaiting(for: causes) {
      inARow[messages[0].integration, default: 0] += 1
      sinceSuccess += 1
      return
    }
    for message in messages { inARow[message.integration] = nil }
    if outcomes.contains(where: \.isDone) { sinceSuccess = 0 }
  }
}

extension Outcome {
  fileprivate var isDone: Bool {
    if case .done = self { return true }
    return false
  }

  fileprivate func isWaiting(for causes: Set<String>) -> Bool {
    switch self {
    case .retry(let reason), .snooze(_, let reason): causes.contains(reason.code)
    case .done, .reject: false
    }
  }
}
