package import Logging
private import Synchronization

/// Takes messages from one queue and carries the verdicts on them back.
package final class Consumer: Sendable {
  package let queue: String
  private let link: ConsumerLink
  private let reconnector: Reconnector
  private let prefetch: UInt16
  private let shutdownSignal = ShutdownSignal()

  /// Makes a consumer that does nothing yet; `run()` starts it.
  ///
  /// The queue has to exist, or to be declared later. The prefetch is of deliveries without a verdict, at least
  /// 1; a crash charges a failed delivery to each of them, so no more than the handlers keep busy. The logger
  /// is told of every connection made and lost.
  package init(_ endpoint: Endpoint, queue: String, prefetch: UInt16, logger: Logger) {
    precondition(prefetch > 0, "a prefetch of zero means no limit")
    self.queue = queue
    self.prefetch = prefetch
    link = ConsumerLink(queue: queue)
    reconnector = Reconnector(
      endpoint: endpoint,
      name: "consumer of \(queue)",
      logger: logger,
      shutdown: shutdownSignal
    )
  }

  /// True while deliveries can arrive: false without a connection and while the queue is missing.
  package var isConnected: Bool { link.connected.load(ordering: .acquiring) }

  /// Keeps consuming until `shutdown()` or the cancellation of the task; reconnects for ever, also
  /// when the queue is missing or was deleted, so that it heals when it is declared again.
  package func run() async {
    await withTaskCancellationHandler {
      await reconnector.run { [queue, prefetch] wire throws(LinkError) in
        try wire.consume(queue, prefetch: prefetch)
      } serve: { [link] wire in
        await link.serve(wire)
      }
    } onCancel: {
      // The connection ends only when the link is told.
      Task { await shutdown() }
    }
    await shutdown()
  }

  /// Takes what is waiting, and waits only while there is nothing at all.
  ///
  /// Several tasks may call it. Redelivered messages come apart from the others. What was taken stays with the
  /// caller until its verdict; when the connection is lost meanwhile, the broker delivers it again.
  ///
  /// - Parameter max: At least 1; the prefetch bounds it as well.
  /// - Returns: 1 to `max` messages in the order of the queue; none after `stopTaking()` or
  ///   `shutdown()`, or when the task is cancelled.
  package func next(max: Int) async -> [InboundMessage] {
    precondition(max > 0, "a batch has room for one message at least")
    return await link.mailbox.next(max: max)
  }

  /// Says that the messages are done with; the broker hears of it very soon.
  ///
  /// A token of an earlier connection is dropped without a word: its message comes again.
  package func acknowledge(_ tokens: [DeliveryToken]) async {
    link.pass(.acknowledge, on: tokens)
  }

  /// Puts the messages back into the queue.
  ///
  /// Counts as a failed delivery up to RabbitMQ 4.2, so it
  /// is for stopping, not for retries. Tokens as with `acknowledge`.
  package func giveBack(_ tokens: [DeliveryToken]) async {
    link.pass(.giveBack, on: tokens)
  }

  /// Takes no more: `next` returns nothing from now on.
  ///
  /// Verdicts on what was handed out still go through while the connection lasts; it is not made
  /// again.
  ///
  /// - Returns: What arrived and was never handed out. It needs a verdict like everything else; without
  ///   one it goes back with the connection. Nothing the second time.
  package func drain() async -> [InboundMessage] {
    // A connection that is lost from now on is not worth another one.
    shutdownSignal.raise()
    return await link.stopTaking()
  }

  /// Takes no more, and puts back what was never handed out.
  ///
  /// Idempotent.
  package func stopTaking() async { await giveBack(await drain().map(\.token)) }

  /// Sends the last verdicts and closes; to be called when the handlers are done.
  ///
  /// Idempotent.
  package func shutdown() async {
    shutdownSignal.raise()
    await link.close()
  }
}
