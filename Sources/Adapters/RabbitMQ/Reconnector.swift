private import DedicatedThreads
import Logging

/// Keeps one connection alive: connects, hands the wire over, waits for its end, pauses, repeats.
struct Reconnector: Sendable {
  let endpoint: Endpoint
  /// What an operator sees in the broker's list of connections.
  let name: String
  let logger: Logger
  let shutdown: ShutdownSignal

  /// Runs until the signal is raised or the task is cancelled.
  ///
  /// - Parameters:
  ///   - prepare: Runs on the connecting thread and may block.
  ///   - serve: Owns the wire, returns why it ended.
  func run(
    prepare: @escaping @Sendable (Wire) throws(LinkError) -> Void,
    serve: (sending Wire) async -> LinkError
  ) async {
    var backoff = Backoff()
    var generator = SystemRandomNumberGenerator()
    while !shutdown.isRaised, !Task.isCancelled {
      let started = ContinuousClock.now
      let error = await attempt(prepare: prepare, serve: serve)
      guard !shutdown.isRaised, !Task.isCancelled else { return }
      // A connection that broke at once is a failed attempt like any other.
      if started.duration(to: .now) > .seconds(10) { backoff.reset() }
      let pause = backoff.next(using: &generator)
      log(error, pause: pause)
      await shutdown.pause(for: pause)
    }
  }

  private func attempt(
    prepare: @escaping @Sendable (Wire) throws(LinkError) -> Void,
    serve: (sending Wire) async -> LinkError
  ) async -> LinkError {
    do {
      let wire = try await Connector.open(endpoint, name: name, prepare: prepare)
      logger.info(
        "connected to the broker",
        metadata: ["broker": "\(endpoint)", "link": "\(name)"]
      )
      return await serve(wire)
    } catch {
      return error
    }
  }

  private func log(_ error: LinkError, pause: Duration) {
    let level: Logger.Level =
      if case .consumerCancelled = error { .error } else { error.isTransient ? .warning : .error }
    logger.log(
      level: level,
      "the link to the broker is down",
      metadata: [
        "broker": "\(endpoint)", "link": "\(name)", "reason": "\(error)",
        "retry_in_ms": "\(Int(pause / .milliseconds(1)))",
      ]
    )
  }
}

/// Makes connections on a thread that lives as long as the attempt.
///
/// Resolving names and shaking hands block; the thread that keeps deadlines must not.
actor Connector {
  private let thread = DedicatedThread(name: "amqp-connect")

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  static func open(
    _ endpoint: Endpoint,
    name: String,
    prepare: @escaping @Sendable (Wire) throws(LinkError) -> Void
  ) async throws(LinkError) -> sending Wire {
    let connector = Connector()
    defer { connector.thread.stop() }
    return try await connector.open(endpoint, name: name, prepare: prepare)
  }

  private func open(
    _ endpoint: Endpoint,
    name: String,
    prepare: @Sendable (Wire) throws(LinkError) -> Void
  ) throws(LinkError) -> sending Wire {
    guard let host = endpoint.hosts.randomElement() else { throw .connect("no host") }
    let wire = try Wire.open(endpoint, host: host, name: name)
    do {
      try prepare(wire)
    } catch {
      wire.close()
      throw error
    }
    return wire
  }
}
