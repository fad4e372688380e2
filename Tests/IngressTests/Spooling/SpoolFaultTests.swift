import Foundation
import Leads
import NIOHTTP1
import Observability
import RabbitMQ
import StrictJSON
import Synchronization
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Ingress

extension IngressTests {
  /// The second path, while the broker is away in every way that it can be.
  ///
  /// On the same node, one after the other with the tests above.
  @Suite(.serialized, .timeLimit(.minutes(4)))
  struct SpoolFaults {
    private let folder = ScratchFolder()

    /// Before it has a connection, what comes goes to the spool.
    private func withConnectedIngress(_ body: (RunningIngress) async throws -> Void) async throws {
      try await withIngress({ $0.spool = folder.path }) { ingress in
        try await wait("ingress is connected") { ingress.server.publisher.isConnected }
        try await body(ingress)
      }
    }

    /// Posts one lead after the other, each accepted in time.
    ///
    /// - Returns: What was promised: the ids, in order.
    private func accepted(
      _ count: Int,
      by ingress: RunningIngress,
      _ kind: HookToken.Kind = .rd
    ) async throws -> [String] {
      let url = try ingress.address(kind)
      var ids: [String] = []
      for _ in 0..<count {
        let start = ContinuousClock.now
        let reply = try await ingress.post(IngressTests.lead, to: url)
        #expect(reply.status == 202)
        #expect(.now - start < .seconds(3), "RD Station gives up at 5 s")
        ids.append(try #require(reply.json?["id"]?.string))
      }
      return ids
    }

    /// Waits until ingress holds nothing any more, and takes what the stage's queue has.
    private func arrived(
      _ stage: Flow = .leadImporter,
      from ingress: RunningIngress
    ) async throws -> [String] {
      try await wait("the spool is empty") {
        ingress.server.lanes.allSatisfy { $0.spool.gauge.state.bodies == 0 }
      }
      return try await HookBroker.takeAll(stage)
    }

    private func note(_ ingress: RunningIngress) -> String? {
      ingress.server.readiness.lazy.compactMap(\.note).first
    }

    @Test func `under a memory alarm everything is accepted, and arrives in order after it`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      try await withConnectedIngress { ingress in
        var ids = try await accepted(2, by: ingress)
        try await broker.set(.memory, true)
        ids += try await accepted(20, by: ingress)
        #expect(ingress.server.readiness.allSatisfy { $0.isReady })
        #expect(note(ingress) == "spooling: 20 bodies wait for the broker")
        let stored = ingress.server.lanes[0].spool.gauge.state
        #expect(stored.bodies == 20 && stored.oldestArrivedAt == RunningIngress.now)
        try await broker.set(.memory, false)
        let arrived = try await arrived(from: ingress)
        #expect(arrived == ids)
        #expect(note(ingress) == nil)
        // The broker is trusted again, so the next goes there.
        let last = try await accepted(1, by: ingress)
        #expect(ingress.server.lanes.allSatisfy { !$0.isInDoubt })
        let after = try await self.arrived(from: ingress)
        #expect(after == last)
      }
    }

    @Test func `with a dead broker everything is accepted, and arrives in order when it is back`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      try await withConnectedIngress { ingress in
        var ids = try await accepted(5, by: ingress)
        await broker.kill()
        ids += try await accepted(50, by: ingress)
        try await broker.start()
        ids += try await accepted(5, by: ingress)
        let arrived = try await arrived(from: ingress)
        #expect(arrived == ids)
      }
    }

    @Test func `nothing passes the line on the disk, and the line ends under load`() async throws {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      try await withConnectedIngress { ingress in
        let lane = ingress.server.lanes[0]
        await broker.freeze()
        var ids: [String] = []
        do {
          while lane.spool.gauge.state.bodies < 1500 { ids += try await accepted(1, by: ingress) }
        } catch {
          await broker.thaw()
          throw error
        }
        await broker.thaw()
        let end = Flag()
        try await withThrowingTaskGroup { group in
          for _ in 0..<4 {
            group.addTask {
              while !end.isRaised { _ = try await accepted(1, by: ingress) }
            }
          }
          defer { end.raise() }
          // From the one lead whose order counts here, so one after the other.
          try await wait("the line ends") {
            ids += try await accepted(1, by: ingress)
            return lane.spool.gauge.state.bodies == 0
          }
          ids += try await accepted(20, by: ingress)
          end.raise()
          try await group.waitForAll()
        }
        #expect(!lane.isInDoubt)
        let known = Set(ids)
        let arrived = try await arrived(from: ingress).filter(known.contains)
        #expect(arrived == ids)
      }
    }

    @Test func `a disk that hangs leaves a healthy broker its time`() async throws {
      try await HookBroker.purge()
      try await withConnectedIngress { ingress in
        let lane = ingress.server.lanes[0]
        // An old doubt, so that the disk comes first.
        _ = lane.setDoubt(true)
        let released = DispatchSemaphore(value: 0)
        let hanging = Task { await lane.spool.hang(until: released) }
        defer { released.signal() }
        let ids = try await accepted(1, by: ingress)
        let start = ContinuousClock.now
        let more = try await accepted(5, by: ingress)
        #expect(.now - start < .seconds(1), "the disk is not asked again for a while")
        let arrived = try await HookBroker.takeAll(.leadImporter)
        #expect(arrived == ids + more)
        released.signal()
        await hanging.value
      }
    }

    @Test func `a frozen broker costs the first caller its share, and the others nothing`()
      async throws
    {
      try await HookBroker.purge()
      let broker = try await HookBroker.shared()
      try await withConnectedIngress { ingress in
        var ids = try await accepted(1, by: ingress)
        await broker.freeze()
        do {
          let start = ContinuousClock.now
          ids += try await accepted(1, by: ingress)
          #expect(.now - start >= .milliseconds(1400))
          ids += try await accepted(20, by: ingress)
          #expect(.now - start < .milliseconds(2900), "only the first waits")
        } catch {
          await broker.thaw()
          throw error
        }
        await broker.thaw()
        let arrived = try await arrived(from: ingress)
        #expect(arrived == ids)
      }
    }

    @Test func `a broker that never answers is no reason to refuse`() async throws {
      let hole = try BlackHole()
      let url = "amqp://guest:guest@127.0.0.1:\(hole.port)/"
      var ids: [String] = []
      try await withIngress({ $0.spool = folder.path }, url: url) { ingress in
        ids = try await accepted(20, by: ingress)
        #expect(ingress.server.readiness.first { $0.name == "broker" }?.isReady == true)
      }
      try await HookBroker.purge()
      // The next process finds them, as after a stop.
      try await withConnectedIngress { ingress in
        let arrived = try await arrived(from: ingress)
        #expect(arrived == ids)
      }
    }

    @Test func `a stage without its queue waits, and the other does not`() async throws {
      try await HookBroker.purge()
      let link = try await HookBroker.link()
      let queue = Topology.queue(of: .rdUpdater)
      try await link.deleteQueue(queue)
      try await withConnectedIngress { ingress in
        let waiting = try await accepted(3, by: ingress, .crm)
        let passed = try await accepted(3, by: ingress)
        let direct = try await HookBroker.takeAll(.leadImporter)
        #expect(direct == passed)
        #expect(ingress.server.lanes.map(\.isInDoubt) == [false, true])
        try await link.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
        try await link.bind(
          queue: queue,
          exchange: Topology.workExchange,
          routingKey: "rd-updater.#"
        )
        let arrived = try await arrived(.rdUpdater, from: ingress)
        #expect(arrived == waiting)
      }
      await link.close()
    }

    @Test func `a full spool and no broker is a refusal in time`() async throws {
      try await withIngress(
        {
          $0.spool = folder.path
          $0.spoolBytesMax = 2000
        },
        url: "amqp://guest:guest@127.0.0.1:1/"
      ) { ingress in
        var replies: [HookReply] = []
        repeat {
          let start = ContinuousClock.now
          replies.append(try await ingress.post(IngressTests.lead))
          #expect(.now - start < .seconds(3))
        } while replies.last?.status == 202
        #expect(replies.count > 3)
        #expect(replies.last?.status == 503)
        #expect(replies.last?.headers.first(name: "retry-after") == "5")
        let check = ingress.server.readiness.first { $0.name == "broker" }
        #expect(check?.isReady == false)
        #expect(check?.detail.hasSuffix("and the spool is full") == true)
      }
    }
  }
}

private final class Flag: Sendable {
  private let raised = Atomic<Bool>(false)
  var isRaised: Bool { raised.load(ordering: .relaxed) }
  func raise() { raised.store(true, ordering: .relaxed) }
}

extension Spool {
  /// As when a write does not come back.
  fileprivate func hang(until released: DispatchSemaphore) { released.wait() }
}
