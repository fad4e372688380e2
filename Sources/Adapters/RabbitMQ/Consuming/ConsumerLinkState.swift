/// The policy of a consumer's link: what it does next, without wire, thread or lock.
///
/// Every method tells what happened and returns what now is to be done, in that order. Who waits is answered
/// exactly once: for a connection that was taken when it ends, for a stop when the broker delivers no more.
///
/// | phase | `connected` | `stop` | `cancelOk` | `lost` | `close` |
/// | --- | --- | --- | --- | --- | --- |
/// | disconnected | consuming | stopped, answered | – | – | closed |
/// | consuming | refused | cancelling | – | disconnected | closing |
/// | cancelling | refused | waits | draining, answered | stopped, answered | closing |
/// | draining | refused | answered | – | stopped | closing |
/// | stopped | refused | answered | – | – | closed |
/// | closing | refused | waits | – | closed, answered | – |
/// | closed | refused | answered | – | – | – |
///
/// `closing` lasts for as long as the good-bye takes, which ends with `lost` whatever comes of it.
struct ConsumerLinkState {
  enum Action: Equatable {
    /// Hand nothing out any more.
    case stopHandingOut
    /// Ask the broker to deliver no more; ``ConsumerLinkState/lost(_:)`` when that fails.
    case cancelConsuming
    /// Put back what nobody took, send the last verdicts and say good-bye; then
    /// ``ConsumerLinkState/lost(_:)``.
    case sayGoodbye
    /// Forget the wire and what came by it.
    case dropWire
    /// The connection that was taken last has ended.
    case answerServe(LinkError)
    /// All who asked to stop: the broker delivers no more.
    case answerStop
    case endThread
  }

  private enum Phase {
    case disconnected, consuming, cancelling, draining, stopped, closing, closed
  }

  private var phase = Phase.disconnected
  /// Counts connections from 1, so that a verdict on a delivery of an earlier one is told apart.
  private(set) var epoch: UInt64 = 0

  /// Whether acknowledgements behind a gap wait for what closes it: nothing is delivered any more, so no room
  /// is lost by it, and the good-bye has fewer to send.
  var keepsGaps: Bool { phase == .cancelling || phase == .draining }

  /// A connection delivers; false when it is not wanted any more, or there is one already.
  mutating func connected() -> Bool {
    guard phase == .disconnected else { return false }
    phase = .consuming
    epoch += 1
    return true
  }

  /// Somebody wants no more, and waits until the broker knows.
  mutating func stop() -> [Action] {
    switch phase {
    case .disconnected:
      phase = .stopped
      return [.stopHandingOut, .answerStop]
    case .consuming:
      phase = .cancelling
      return [.stopHandingOut, .cancelConsuming]
    case .cancelling, .closing: return []
    case .draining, .stopped, .closed: return [.answerStop]
    }
  }

  /// The broker delivers no more.
  mutating func cancelOk() -> [Action] {
    guard phase == .cancelling else { return [] }
    phase = .draining
    return [.answerStop]
  }

  /// The connection has ended, by whomever.
  mutating func lost(_ error: LinkError) -> [Action] {
    switch phase {
    case .disconnected, .stopped, .closed: return []
    case .consuming:
      phase = .disconnected
      return [.dropWire, .answerServe(error)]
    case .cancelling, .draining:
      defer { phase = .stopped }
      return [.dropWire] + (phase == .cancelling ? [.answerStop] : []) + [.answerServe(error)]
    case .closing:
      phase = .closed
      return [.dropWire, .answerStop, .answerServe(error), .endThread]
    }
  }

  mutating func close() -> [Action] {
    switch phase {
    case .disconnected, .stopped:
      phase = .closed
      return [.stopHandingOut, .endThread]
    case .consuming, .cancelling, .draining:
      phase = .closing
      return [.stopHandingOut, .sayGoodbye]
    case .closing, .closed: return []
    }
  }
}
