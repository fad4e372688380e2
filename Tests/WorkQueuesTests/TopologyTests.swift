import Leads
import StrictJSON
import TestKit
import Testing
import Belt

@testable import WorkQueues

struct TopologyTests {
  @Test func `every stage has a work queue and one delay queue a tier`() {
    let queues = Set(Topology.fleet.queues.map(\.name))
    for stage in Flow.allCases {
      #expect(queues.contains("esteira.q.\(stage.stage)"))
      for tier in DelayTier.allCases {
        #expect(queues.contains("esteira.q.\(stage.stage).retry.\(tier.rawValue)"))
      }
    }
    #expect(queues.count == Flow.allCases.count * 5 + 2)
  }

  @Test func `every queue is bound once, and every queue is a quorum queue`() {
    let bound = Topology.fleet.bindings.map(\.queue)
    #expect(Set(bound).count == bound.count)
    #expect(Set(bound) == Set(Topology.fleet.queues.map(\.name)))
    for queue in Topology.fleet.queues {
      #expect(queue.arguments["x-queue-type"] == "quorum")
    }
  }

  @Test func `a delay queue waits as long as its name says and dead-letters at least once`() throws
  {
    let queue = try #require(
      Topology.fleet.queues.first { $0.name == "esteira.q.rd-updater.retry.5m" }
    )
    #expect(queue.arguments["x-message-ttl"] == 300_000)
    #expect(queue.arguments["x-dead-letter-exchange"] == "esteira.work")
    #expect(queue.arguments["x-dead-letter-strategy"] == "at-least-once")
    #expect(queue.arguments["x-overflow"] == "reject-publish")
  }

  struct Governed: Sendable, CustomTestStringConvertible {
    let name: String
    let policy: String
    var testDescription: String { "\(policy) governs \(name)" }
  }

  static let governed =
    Flow.allCases.flatMap { stage in
      [Governed(name: Topology.queue(of: stage), policy: "esteira-work")]
        + DelayTier.allCases.map {
          Governed(name: Topology.retryQueue(of: stage, $0), policy: "esteira-tier")
        }
    } + [
      Governed(name: Topology.parkedQueue, policy: "esteira-landing"),
      Governed(name: Topology.unroutableQueue, policy: "esteira-landing"),
    ]

  @Test(arguments: governed)
  func `the policy in force is the one meant for the queue`(_ row: Governed) throws {
    let matching = try Topology.fleet.policies.filter { policy in
      let pattern = try Regex(policy.pattern)
      return policy.appliesTo == "queues" && row.name.contains(pattern)
    }
    let best = try #require(matching.max { $0.priority < $1.priority })
    #expect(best.name == row.policy)
    #expect(matching.filter { $0.priority == best.priority }.count == 1)
  }

  @Test func `the alternate exchange stands behind work and retries only`() throws {
    let policy = try #require(Topology.fleet.policies.first { $0.appliesTo == "exchanges" })
    let pattern = try Regex(policy.pattern)
    let governed = Topology.fleet.exchanges.map(\.name).filter { $0.contains(pattern) }
    #expect(
      governed == [
        "esteira.work", "esteira.retry.5s", "esteira.retry.30s", "esteira.retry.5m",
        "esteira.retry.30m",
      ]
    )
  }

  @Test func `the definitions document reads back as the same topology`() throws {
    let text = Topology.fleet.definitions.encoded
    let read = Topology(definitions: try JSON(parsing: text))
    #expect(Topology.fleet.drift(of: read).isEmpty)
    #expect(read.drift(of: Topology.fleet).isEmpty)
  }

  @Test func `every difference is told by its name`() {
    var actual = Topology.fleet
    actual.queues[1].arguments["x-message-ttl"] = 7000
    actual.bindings.removeFirst()
    actual.policies.removeLast()
    actual.policies[0].definition["delivery-limit"] = 3
    actual.exchanges[0].kind = "direct"
    actual.queues.append(DeclaredQueue(name: "esteira.q.old", arguments: [:]))
    let items = Topology.fleet.drift(of: actual)
    #expect(
      items.map(\.description) == [
        "exchange esteira.work: type is direct, should be topic",
        "queue esteira.q.lead-importer.retry.5s: x-message-ttl is 7000, should be 5000",
        "queue esteira.q.old: is not the fleet's",
        "binding esteira.work → esteira.q.lead-importer with key \"lead-importer.#\": is missing",
        "policy esteira-work: delivery-limit is 3, should be 50",
        "policy esteira-ae: is missing",
      ]
    )
    #expect(items.map(\.kind) == [.differs, .differs, .unknown, .missing, .differs, .missing])
  }
}
