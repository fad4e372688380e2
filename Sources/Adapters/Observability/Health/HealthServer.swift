private import HTTPTypes
private import Hummingbird
package import Logging
private import NIOCore
private import NIOPosix
private import ServiceLifecycle

/// Serves `/livez`, `/readyz` and `/metrics` on an address of their own, with one thread.
///
/// Apart from the program's own traffic, so that a flood there cannot make it look dead, and the
/// metrics are not open to whom the traffic comes from.
package struct HealthServer: Service {
  private let host: String
  private let port: Int
  private let pages: HealthPages
  private let logger: Logger
  private let onListening: @Sendable (Int) -> Void

  /// The host is a name or an address of this machine; port 0 lets the system choose one, and `onListening` is
  /// called once with it.
  package init(
    host: String,
    port: Int,
    pages: HealthPages,
    logger: Logger,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.pages = pages
    self.logger = logger
    self.onListening = onListening
  }

  /// Serves until the surrounding service group shuts down or the task is cancelled.
  ///
  /// - Throws: When the address cannot be listened on.
  package func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let pages = self.pages
    let onListening = self.onListening
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        let page = await pages.page(request.uri.path)
        return Response(
          status: .init(code: page.status),
          headers: [.contentType: page.contentType, .cacheControl: "no-store"],
          body: .init(byteBuffer: ByteBuffer(string: page.body))
        )
      },
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: .init(address: .hostname(host, port: port)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
      eventLoopGroupProvider: .shared(group),
      logger: logger
    )
    do {
      try await application.run()
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }
}
