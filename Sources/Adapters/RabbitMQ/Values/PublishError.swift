/// Why a message is not known to be safe in a queue.
///
/// After any of them the message may be published again with the same id; only `outcomeUnknown`
/// can then have stored it twice.
package enum PublishError: Error, Sendable, Equatable {
  /// The queue did not take it: full under `reject-publish`, or without a leader.
  case rejected
  /// No queue is bound for it, its exchange is missing or forbidden, or it exceeds a limit of the
  /// protocol. Repeating does not help until somebody changes the topology or the message.
  case unroutable(code: Int, text: String)
  /// It was written, but the broker's confirm did not come: the reason is safe to log.
  case outcomeUnknown(String)
  /// The broker lacks memory or disk and took nothing until the deadline; not stored.
  case brokerBlocked
  /// No connection, or no room in the window, until the deadline; not stored.
  case timedOut
  /// Not written, because the publisher is closing; not stored.
  case shuttingDown
}

extension PublishError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rejected: "rejected by the queue"
    case .unroutable(let code, let text): "unroutable: \(code) \(text)"
    case .outcomeUnknown(let reason): "not confirmed: \(reason)"
    case .brokerBlocked: "the broker takes no messages: it lacks memory or disk"
    case .timedOut: "no connection to the broker until the deadline"
    case .shuttingDown: "the publisher is shutting down"
    }
  }
}
