package import Logging
package import ServiceLifecycle
private import Glibc
private import Observability
private import Synchronization
private import UnixSignals

/// Something that runs until it is asked to stop; its end is that of both.
package struct Running: Service {
  private let body: @Sendable () async -> Void
  private let stop: @Sendable () async -> Void

  package init(
    _ body: @escaping @Sendable () async -> Void,
    stop: @escaping @Sendable () async -> Void
  ) {
    self.body = body
    self.stop = stop
  }

  package func run() async throws {
    let stopping = Mutex<Task<Void, Never>?>(nil)
    await withGracefulShutdownHandler {
      await body()
      // What stopping gives back needs the connections, which end after this service.
      await stopping.withLock { $0 }?.value
    } onGracefulShutdown: {
      stopping.withLock { $0 = Task { await stop() } }
    }
  }
}

/// Something that looks on until the others have stopped.
package struct Watching: Service {
  private let body: @Sendable () async -> Void

  package init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

  package func run() async throws {
    await cancelWhenGracefulShutdown { await body() }
  }
}

extension ServiceGroup {
  /// Runs the services of a program until SIGTERM or SIGINT, then stops them from the last to the first
  /// within 24 s, before an orchestrator would kill; exits 1 when one of them cannot go on.
  package static func runToItsEnd(_ services: [any Service], logger: Logger) async {
    var configuration = ServiceGroupConfiguration(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = .seconds(20)
    configuration.maximumCancellationDuration = .seconds(4)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch {
      // Such as an address that another process listens on.
      logger.critical("cannot go on", metadata: [LogKey.error: "\(error)"])
      exit(1)
    }
  }
}
