import BeltStorage
import Leads
import Postgres
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt
import Operations

/// The books while leads flow, and the others' books beside them.
@Suite(.timeLimit(.minutes(2)))
struct LedgerFlowTests {
  @Test(.behaviour("B221"))
  func `the ledger balances at every moment while leads flow, fail, go on and are discarded`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let batches = (0..<4).map { batch in
        (0..<20).map { webhooks.conversion(batch * 20 + $0) }
      }
      let isRunning = Flag()
      try await withThrowingTaskGroup { group in
        group.addTask { try await watch(belt.pool) { isRunning.isUp } }
        group.addTask {
          try await withThrowingTaskGroup { flows in
            for batch in batches { flows.addTask { try await flow(batch, on: belt) } }
            try await flows.waitForAll()
          }
          isRunning.lower()
        }
        do {
          try await group.waitForAll()
        } catch {
          isRunning.lower()
          throw error
        }
      }
      let ledger = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect([ledger.received, ledger.done, ledger.ignored] == [80, 72, 8])
      #expect([ledger.dead, ledger.parked, ledger.inFlight] == [0, 0, 0])
      #expect(ledger.ignoredByReason.map(\.code) == ["discarded"])
    }
  }

  /// Of each batch four are given up at the centralizer: two go on later, two are discarded.
  private func flow(_ batch: [Message], on belt: Belt) async throws {
    let desk = DeadLetters(pool: belt.pool)
    let imported = try await belt.follows(.leadImporter, batch)
    let dead = Array(imported.prefix(4))
    let reason = Reason("crm_unavailable", "The CRM was away.")
    try await desk.record(dead.map { ($0, reason) })
    try await belt.run(Array(imported.dropFirst(4)), batchMax: 5)
    let letters = try await desk.find(dead.map(\.id))
    #expect(letters.count == 4)
    let again = Mutex<[Message]>([])
    _ = try await desk.retry(Array(letters.prefix(2)), actor: "test") { messages in
      again.withLock { $0 = messages.map(\.message) }
    }
    _ = try await desk.discard(Array(letters.suffix(2)), reason: "test leads", actor: "test")
    try await belt.run(again.withLock { $0 }, batchMax: 1)
  }

  /// Reads until told to stop; nothing that was counted is ever forgotten.
  private func watch(_ pool: PostgresPool, while isRunning: @Sendable () -> Bool) async throws {
    let reader = Ledgers(pool: pool)
    var (received, ended, readings) = (0, 0, 0)
    while isRunning() {
      guard let ledger = try await reader.list().first else { continue }
      readings += 1
      let ends = ledger.done + ledger.ignored
      #expect(ledger.isBalanced, "\(ledger)")
      #expect(ledger.received >= received && ends >= ended, "\(ledger) after \(received), \(ended)")
      (received, ended) = (ledger.received, ends)
    }
    #expect(readings > 3)
  }

  @Test func `the CRM's and RD Station's own books agree with ours, and say what they lack`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run((0..<6).map { webhooks.conversion($0) })
      let reader = ReconciliationStatements(pool: belt.pool)
      let book = try await reader.crmBook(of: "acme")
      #expect(book.agreed == 6 && book.underWay == 0)
      #expect(book.differences == [])

      let now = try await belt.pool.run("select now()::text")[0].string(0)
      let updates = try await reader.rdUpdates(of: "acme", since: nil, until: now, grace: 0)
      let owed = updates.flatMap { update in
        update.conversions.map { "\(update.marker) \($0)" }
      }
      let told = try belt.ledger("conversion").map {
        "\($0["marker"]?.string ?? "") \($0["identifier"]?.string ?? "")"
      }
      #expect(told.count == 12)
      #expect(owed.sorted() == told.sorted())
      #expect(updates.allSatisfy { $0.people.count == 1 })
      let markers = updates.map(\.marker)
      let stranger = Identifier(derivedFrom: "stranger")
      #expect(try await reader.known(markers + [stranger], in: "acme") == Set(markers))
      #expect(
        try await reader.rdUpdates(of: "acme", since: nil, until: now, grace: 3_600) == []
      )
      #expect(
        try await reader.rdUpdates(of: "acme", since: nil, until: now, grace: 0, limit: 2).count
          == 2
      )

      let ids = try await belt.pool.run("select id from opportunity order by id").map {
        try $0.identifier(0)
      }
      try await belt.pool.run([
        "delete from embedded_opportunity where marker = \(ids[0])",
        "delete from opportunity where id = \(ids[1])",
        "update opportunity set crm_id = null where id = any(\([ids[2], ids[3]])::uuid[])",
        "update effect set state = 'unknown' where kind like 'crm.%' and subject_id = \(ids[3])",
        "update opportunity set crm_id = 'other' where id = \(ids[4])",
      ])
      let torn = try await reader.crmBook(of: "acme")
      #expect(torn.agreed == 1 && torn.underWay == 1)
      #expect(
        Dictionary(uniqueKeysWithValues: torn.differences.map { ($0.opportunity, $0.kind) }) == [
          ids[0]: .missingInCRM, ids[1]: .missingHere, ids[2]: .unconfirmedHere,
          ids[4]: .otherRecord,
        ]
      )
      #expect(torn.differences.allSatisfy { !$0.title.isEmpty })
    }
  }
}

private final class Flag: Sendable {
  private let state = Mutex(true)

  var isUp: Bool { state.withLock { $0 } }

  func lower() { state.withLock { $0 = false } }
}
