package import Logging
private import Synchronization

/// Publishes messages and waits until the broker has them safe.
package final class Publisher: Sendable {
  private let link: PublisherLink
  private let reconnector: Reconnector
  private let shutdownSignal = ShutdownSignal()

  /// Makes a publisher that has no connection yet; `run()` makes it.
  ///
  /// The window is of messages on their way without a confirm, at least 1; the logger is told of every
  /// connection made and lost.
  package init(_ endpoint: Endpoint, window: Int = 256, logger: Logger) {
    precondition(window > 0, "a window of no messages publishes nothing")
    link = PublisherLink(window: window)
    reconnector = Reconnector(
      endpoint: endpoint,
      name: "publisher",
      logger: logger,
      shutdown: shutdownSignal
    )
  }

  package var isConnected: Bool { link.status.connected.load(ordering: .acquiring) }

  /// True while the broker lacks memory or disk and takes no messages.
  package var isBlocked: Bool { link.status.blocked.load(ordering: .acquiring) }

  /// Keeps the connection until `shutdown()` or the cancellation of the task; reconnects for ever.
  package func run() async {
    await withTaskCancellationHandler {
      await reconnector.run { wire throws(LinkError) in
        try wire.selectConfirms()
      } serve: { [link] wire in
        await link.serve(wire)
      }
    } onCancel: {
      // The connection ends only when the link is told.
      Task { await shutdown() }
    }
    await shutdown()
  }

  /// Publishes messages in order and waits for the word on each.
  ///
  /// Guarantee: a message with `.success` was confirmed by every queue it was routed to and
  /// survives a broker restart. Any other may or may not be stored, as its error says, and may be
  /// published again with the same id. Several tasks may call it; their messages share the window.
  ///
  /// - Parameters:
  ///   - batch: Any number of messages; each counts against the window on its own.
  ///   - deadline: From the call; by then every message has a result, also without a connection.
  /// - Returns: One result a message, in the same order.
  /// - Cancellation: has no effect; the deadline bounds the wait.
  package func publish(
    _ batch: [OutboundMessage],
    deadline: Duration
  ) async -> [Result<Void, PublishError>] {
    guard !batch.isEmpty else { return [] }
    return await link.publish(batch, deadline: .now + deadline)
  }

  /// Refuses what is not written, waits for the confirms of what is, and closes the connection.
  ///
  /// Waits at most until the last deadline of what was written. Idempotent.
  package func shutdown() async {
    shutdownSignal.raise()
    await link.close()
  }
}
