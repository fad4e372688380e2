import Leads
import NIOHTTP1
import Observability
import RabbitMQ
import ServiceLifecycle
import StrictJSON
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Ingress

extension IngressTests {
  /// On the same node, one after the other with the tests above.
  @Suite(.serialized, .timeLimit(.minutes(4)))
  struct BrokerFaults {
    private func expectNotStored(_ ingress: RunningIngress) async throws {
      let start = ContinuousClock.now
      let reply = try await ingress.post(IngressTests.lead)
      #expect(reply.status == 503)
      #expect(reply.headers.first(name: "retry-after") == "5")
      #expect(reply.json?["title"]?.string == "Not stored")
      #expect(.now - start < .seconds(3), "RD Station gives up at 5 s")
    }

    /// Waits until ingress says that it is ready, or that it is not.
    private func wait(until ready: Bool, _ ingress: RunningIngress) async throws {
      let deadline = ContinuousClock.now + .seconds(60)
      while ingress.server.readiness.allSatisfy(\.isReady) != ready {
        try #require(.now < deadline, "it did not become \(ready ? "" : "un")ready")
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    @Test func `without a broker nothing is accepted, and the answer comes in time`() async throws {
      try await withIngress(url: "amqp://guest:guest@127.0.0.1:1/") { ingress in
        #expect(ingress.server.readiness.first { $0.name == "broker" }?.isReady == false)
        try await expectNotStored(ingress)
        #expect(try await ingress.post("{}").status == 204, "a probe needs no broker")
      }
    }

    @Test func `without its queue nothing is accepted`() async throws {
      let link = try await HookBroker.link()
      let queue = Topology.queue(of: .leadImporter)
      try await link.deleteQueue(queue)
      try await withIngress { ingress in
        try await expectNotStored(ingress)
        let deadline = ContinuousClock.now + .seconds(60)
        while ingress.server.watch.missing.isEmpty {
          try #require(.now < deadline, "the watch did not look")
          try await Task.sleep(for: .milliseconds(20))
        }
        let check = ingress.server.readiness.first { $0.name == "queues" }
        #expect(check?.detail == "missing: \(queue); run: esteira topology apply")
      }
      try await link.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
      try await link.bind(
        queue: queue,
        exchange: Topology.workExchange,
        routingKey: "lead-importer.#"
      )
    }

    @Test func `a frozen broker gets no 2xx, and the answer comes in time`() async throws {
      let broker = try await HookBroker.shared()
      try await withIngress { ingress in
        #expect(try await ingress.post(IngressTests.lead).status == 202)
        await broker.freeze()
        do {
          try await expectNotStored(ingress)
        } catch {
          await broker.thaw()
          throw error
        }
        await broker.thaw()
        try await wait(until: true, ingress)
        #expect(try await ingress.post(IngressTests.lead).status == 202)
      }
    }

    @Test func `a broker without memory is not waited for`() async throws {
      let broker = try await HookBroker.shared()
      try await withIngress { ingress in
        #expect(try await ingress.post(IngressTests.lead).status == 202)
        try await broker.set(.memory, true)
        // The broker tells a publisher only when it publishes.
        try await expectNotStored(ingress)
        try await wait(until: false, ingress)
        try await expectNotStored(ingress)
        try await broker.set(.memory, false)
        try await wait(until: true, ingress)
        #expect(try await ingress.post(IngressTests.lead).status == 202)
      }
    }

    @Test func `what was accepted survives the broker's death, and ingress comes back`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      try await withIngress { ingress in
        let accepted = try await ingress.post(IngressTests.lead)
        #expect(accepted.status == 202)
        await broker.kill()
        try await wait(until: false, ingress)
        try await expectNotStored(ingress)
        try await broker.start()
        try await wait(until: true, ingress)
        #expect(try await ingress.post(IngressTests.lead).status == 202)
        let message = try await HookBroker.take(.leadImporter)
        #expect(message.map { "\($0.id)" } == accepted.json?["id"]?.string)
      }
    }
  }
}
