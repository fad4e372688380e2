/// Where the broker is and how to log in: `amqps://user:password@host1,host2:5671/vhost?heartbeat=10`.
package struct Endpoint: Sendable, Hashable {
  package struct Host: Sendable, Hashable {
    package let name: String
    package let port: UInt16
  }

  /// At least one; each attempt to connect takes one at random.
  package let hosts: [Host]
  package let user: String
  let password: String
  package let virtualHost: String
  /// Seconds between heartbeats, 1 to 600; silence of two ends the connection.
  package let heartbeatSeconds: Int
  /// PEM file with the authorities to trust; nil means no TLS.
  package let authorityFile: String?

  static let systemAuthorityFile = "/etc/ssl/certs/ca-certificates.crt"
}

/// What is wrong with the address of the broker; never shows the password.
///
/// What stands in a wrong place may be a part of the password, where a `/` or `@` was not escaped, so
/// neither host, port nor path is quoted.
package enum EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
  case scheme
  case host(String)
  case port(String)
  case percentEncoding(in: String)
  case path(String)
  case heartbeat(String)
  case query(String)
  case authorityWithoutTLS

  package var description: String {
    switch self {
    case .scheme: "the broker's address must start with amqp:// or amqps://"
    case .host: "not a host name in the broker's address; \(Self.escaping)"
    case .port: "not a port from 1 to 65535 in the broker's address; \(Self.escaping)"
    case .percentEncoding(let part):
      "bad percent-encoding in the \(part) of the broker's address"
    case .path: "the virtual host needs its slash written as %2F; \(Self.escaping)"
    case .heartbeat(let text):
      "not a heartbeat in the broker's address: '\(text)' (1 to 600 seconds)"
    case .query(let key):
      "unknown parameter '\(key)' in the broker's address (heartbeat, cacertfile)"
    case .authorityWithoutTLS: "cacertfile needs an address that starts with amqps://"
    }
  }

  private static let escaping = "a password's / : @ are written as %2F %3A %40"
}

extension Endpoint: CustomStringConvertible {
  /// Without the password, so safe to log.
  package var description: String {
    let scheme = authorityFile == nil ? "amqp" : "amqps"
    let places = hosts.map { "\($0.name):\($0.port)" }.joined(separator: ",")
    return "\(scheme)://\(places)/\(virtualHost == "/" ? "" : virtualHost)"
  }
}

extension Endpoint: CustomDebugStringConvertible, CustomReflectable {
  package var debugDescription: String { description }
  /// Keeps the password out of dumps and test reports.
  package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
