package import Hummingbird
private import Logging
private import ServiceLifecycle

/// Serves an application on a port that the system chooses, around a test, and shuts it down after it.
///
/// `make` gets what the application must call with its port once it listens; `body` gets the port.
package func withServer(
  _ make: (@escaping @Sendable (Int) async -> Void) -> some ApplicationProtocol,
  body: @Sendable (Int) async throws -> Void
) async throws {
  let (ports, announcement) = AsyncStream<Int>.makeStream()
  let application = make { announcement.yield($0) }
  let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await services.run() }
    var iterator = ports.makeAsyncIterator()
    if let port = await iterator.next() { try await body(port) }
    await services.triggerGracefulShutdown()
    try await group.waitForAll()
  }
}
