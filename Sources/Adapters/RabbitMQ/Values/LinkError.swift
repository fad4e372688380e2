/// Why a connection to the broker could not be made, or ended.
package enum LinkError: Error, Sendable, Equatable {
  /// No connection: name not found, refused, no answer.
  case connect(String)
  /// The broker refused the login or the virtual host.
  case handshake(code: Int, text: String)
  /// Certificate or TLS trouble.
  case tls(String)
  /// The broker was silent for two heartbeats.
  case heartbeatLost
  case socketClosed
  /// A call to the broker was not answered in time.
  case timedOut(String)
  /// The broker refused a request: a missing queue or exchange (404), no permission (403),
  /// different arguments (406), …
  case channelClosed(code: Int, text: String)
  case connectionClosed(code: Int, text: String)
  /// The consumed queue was deleted or lost its leader.
  case consumerCancelled(queue: String)
  /// What arrived or was to be sent is not valid AMQP.
  case protocolViolation(String)
  case shuttingDown

  /// Whether the same attempt may succeed later without anybody changing anything.
  package var isTransient: Bool {
    switch self {
    case .connect, .heartbeatLost, .socketClosed, .timedOut, .connectionClosed,
      .consumerCancelled, .shuttingDown:
      true
    // 541: a queue that another process is just creating; 405: one locked by another connection.
    case .channelClosed(let code, _): code == 541 || code == 405
    case .handshake, .tls, .protocolViolation: false
    }
  }
}

extension LinkError: CustomStringConvertible {
  /// Safe to log: the broker's texts name queues, exchanges, users and hosts, never a message.
  package var description: String {
    switch self {
    case .connect(let text): "no connection: \(text)"
    case .handshake(let code, let text): "login refused: \(code) \(text)"
    case .tls(let text): "TLS: \(text)"
    case .heartbeatLost: "the broker was silent for two heartbeats"
    case .socketClosed: "the broker closed the socket"
    case .timedOut(let what): "no answer in time: \(what)"
    case .channelClosed(let code, let text): "refused: \(code) \(text)"
    case .connectionClosed(let code, let text): "connection closed by the broker: \(code) \(text)"
    case .consumerCancelled(let queue):
      "the queue \(queue) is gone: the broker cancelled its consumer"
    case .protocolViolation(let text): "protocol violation: \(text)"
    case .shuttingDown: "shutting down"
    }
  }
}
