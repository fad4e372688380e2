import Leads
import Logging
import RabbitMQ
import Synchronization
import Testing
import WorkQueues
import Belt

/// What a noisy integration costs the quiet ones, on a real broker.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct FairShareTests {
  /// Costs a fixed time a message, and writes down the order.
  private final class Steady: Handler {
    let handled = Mutex<[String]>([])

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      try await ContinuousClock().sleep(for: .milliseconds(batch.count))
      handled.withLock { $0 += batch.map(\.integration) }
      return batch.map { _ in .done(follows: []) }
    }
  }

  private static func message(_ integration: String, _ number: Int) -> OutboundMessage {
    OutboundMessage(
      Outgoing(
        Message(
          id: Identifier(derivedFrom: "fair", integration, String(number)),
          type: "lead.imported.v1",
          stage: Flow.centralizer.stage,
          integration: integration,
          journey: Identifier(derivedFrom: "fair", integration),
          body: []
        )
      )
    )
  }

  /// The prefetch is the stretch of the queue over which integrations share.
  ///
  /// The queue of the broker is first in, first out; what was handed out ahead is served by turns.
  @Test(arguments: [(prefetch: 1500, isShared: true), (prefetch: 128, isShared: false)])
  func
    `within the prefetch quiet integrations pass a noisy one, beyond it they wait for their place`(
      prefetch: Int,
      isShared: Bool
    ) async throws
  {
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    let name = Topology.queue(of: .centralizer)
    _ = try await link.purge(name)
    // A thousand of the noisy one stand before the quiet, four thousand behind them.
    var messages = (0..<1000).map { Self.message("noisy", $0) }
    for tenant in 0..<20 { messages += (0..<10).map { Self.message("quiet-\(tenant)", $0) } }
    messages += (1000..<5000).map { Self.message("noisy", $0) }
    let endpoint = try await WorkBroker.endpoint()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let handler = Steady()
    try await withPublisher(endpoint) { [messages] publisher in
      for result in await publisher.publish(messages, deadline: .seconds(30)) { try result.get() }
      let consumer = Consumer(endpoint, queue: name, prefetch: UInt16(prefetch), logger: logger)
      async let consuming: Void = consumer.run()
      let deadline = ContinuousClock.now + .seconds(60)
      while try await link.checkQueue(name).ready > 5200 - prefetch, .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      async let working: Void = Worker(
        queue: BrokerQueue(stage: "centralizer", consumer: consumer, publisher: publisher),
        handler: handler,
        options: Worker.Options(batchMax: 64),
        progress: WorkerProgress(stage: "centralizer", now: { 0 }),
        logger: logger
      ).run()
      while handler.handled.withLock({ $0.count }) < 5200, .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      await consumer.stopTaking()
      await working
      await consumer.shutdown()
      await consuming
    }
    let handled = handler.handled.withLock { $0 }
    #expect(handled.count == 5200)
    let last = try #require(handled.lastIndex { $0 != "noisy" })
    if isShared {
      // Far ahead of the thousand that stood before them; the exact turns are ReadyQueue's, and here some
      // batches of the noisy one may go while the others are still coming in.
      #expect(last < 200 + 3 * 8 + 6 * 64)
    } else {
      // What stood before them, without what the noisy one let pass in the last window.
      #expect((1200 - 128...1200 + 128).contains(last + 1))
    }
  }
}
