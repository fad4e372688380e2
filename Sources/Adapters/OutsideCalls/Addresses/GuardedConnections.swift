package import AsyncHTTPClient
package import Logging
private import NIOCore

extension HTTPClient.Configuration {
  /// Lets connections lead to one service only.
  ///
  /// Whatever a name server answers, and however often it changes its mind, each new connection is
  /// looked at when it stands: one to an IP address where the service cannot be is closed before a
  /// byte of a request is sent. Redirects are not followed. An address that ``OutgoingAddress``
  /// refuses is never called. The logger gets one line at error for each connection that is refused.
  package mutating func callOnly(_ baseURL: String, logger: Logger) {
    redirectConfiguration = .disallow
    // Of two protocols only one is looked at here.
    httpVersion = .http1Only
    let allowed = Result { () throws(OutgoingAddressRefusal) in try OutgoingAddress(baseURL) }
    http1_1ConnectionDebugInitializer = { channel in
      let peer = channel.remoteAddress?.ipAddress
      let refusal: OutgoingAddressRefusal
      switch allowed {
      case .success(let address):
        if let peer = peer.flatMap({ IPAddress($0) }), address.permits(peer) {
          return channel.eventLoop.makeSucceededVoidFuture()
        }
        refusal = .peer
      case .failure(let error): refusal = error
      }
      logger.error(
        "outgoing connection refused",
        metadata: ["reason": "\(refusal)", "peer": "\(peer ?? "unknown")"]
      )
      // The client must hear of the end before it hears of the failure: the other way round it would
      // wait for an end that has been, and trap.
      channel.close(promise: nil)
      return channel.closeFuture.flatMapThrowing { throw refusal }
    }
  }
}

extension HTTPClient.Configuration {
  /// For calls to one outside system: connections that lead elsewhere are refused, no redirects, 3 s to
  /// connect, idle connections dropped after 20 s so that a call seldom meets one that is just closing.
  package init(calling baseURL: String, logger: Logger) {
    self.init(redirectConfiguration: .disallow)
    timeout.connect = .seconds(3)
    connectionPool.idleTimeout = .seconds(20)
    // All accounts are at one address: calls of some that hang must leave connections to the others. As
    // many as two batches can hold.
    connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
    callOnly(baseURL, logger: logger)
  }
}
