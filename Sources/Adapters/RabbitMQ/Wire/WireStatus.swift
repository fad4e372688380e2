import CRabbitMQ
import Glibc

extension timeval {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  }
}

extension LinkError {
  /// Reads a status of the library; nil when all is well.
  init?(status: Int32, doing: String) {
    let text = amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
    switch amqp_status_enum(rawValue: status) {
    case AMQP_STATUS_OK: return nil
    case AMQP_STATUS_HEARTBEAT_TIMEOUT: self = .heartbeatLost
    case AMQP_STATUS_CONNECTION_CLOSED, AMQP_STATUS_SOCKET_CLOSED, AMQP_STATUS_SOCKET_ERROR,
      AMQP_STATUS_TCP_ERROR:
      self = .socketClosed
    case AMQP_STATUS_TIMEOUT: self = .timedOut(doing)
    case AMQP_STATUS_SSL_ERROR, AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED,
      AMQP_STATUS_SSL_PEER_VERIFY_FAILED, AMQP_STATUS_SSL_CONNECTION_FAILED:
      self = .tls(text)
    default: self = .protocolViolation("\(doing): \(text)")
    }
  }
}
