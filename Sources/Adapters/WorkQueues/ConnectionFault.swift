package import AsyncHTTPClient
private import NIOCore
private import Glibc
private import NIOPosix

/// Why nothing was heard from an address, in words for people.
package enum ConnectionFault {
  package static func words(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return words(first.error) }
      return "the name \(error.host) is not known"
    case let error as IOError: return words(ofNumber: error.errnoCode)
    case let error as HTTPClientError:
      return [.connectTimeout, .deadlineExceeded, .readTimeout].contains(error)
        ? "no answer in time" : "\(error.shortDescription)"
    default: return "no answer (\(type(of: error)))"
    }
  }

  private static func words(ofNumber number: CInt) -> String {
    switch number {
    case ECONNREFUSED: "connection refused; nothing listens there"
    case ECONNRESET, EPIPE: "the connection was broken off"
    case ETIMEDOUT: "no answer in time"
    case EHOSTUNREACH, ENETUNREACH: "there is no way to that host"
    default: "the system's error \(number)"
    }
  }
}

extension HTTPClient.Configuration {
  /// For a person who waits: a port that refuses is told at once, and not tried until the deadline.
  package static var askingOnce: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(3)
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }
}
