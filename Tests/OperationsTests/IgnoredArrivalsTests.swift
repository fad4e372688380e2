import BeltStorage
import Postgres
import Samples
import Testing
import Belt

@testable import Operations

@Suite struct IgnoredArrivalTests {
  private static func id(_ number: Int) -> Identifier {
    Identifier(derivedFrom: "arrival", "\(number)")
  }

  /// Number, integration, state and reason; a later one arrived later.
  private func store(_ arrivals: [(Int, String, String, String?)], in pool: PostgresPool)
    async throws
  {
    for (number, integration, state, reason) in arrivals {
      try await pool.run([
        """
        insert into integration (id, rd_account, crm, config_version)
        values (\(integration), \(integration), 'embedded', 1) on conflict do nothing
        """,
        """
        insert into arrival
          (integration_id, journey_id, message_id, position, arrived_at, state, reason)
        values (\(integration), \(Self.id(number)), \(Self.id(number)), 0,
          '2026-03-02T12:00:00Z'::timestamptz + \(number)::int * interval '1 s', \(state), \(reason))
        """,
        """
        insert into journey (integration_id, journey_id, at, stage, code, sentence)
        values (\(integration), \(Self.id(number)), now(), 'lead-importer', 'x', \("Why \(number)."))
        """,
      ])
    }
  }

  @Test func `what was kept out is listed, newest first, with why`() async throws {
    let pool = try await migratedPool()
    try await store(
      [
        (1, "acme", "ignored", "email_domain_ignored"), (2, "acme", "invalid", "body_unreadable"),
        (3, "acme", "accepted", nil), (4, "acme", "duplicate", "event_known"),
        (5, "other", "ignored", "email_domain_ignored"), (6, "acme", "ignored", "own_conversion"),
      ],
      in: pool
    )
    func list(_ filter: IgnoredArrival.Filter, limit: Int = 100) async throws -> [Identifier] {
      try await IgnoredArrivals(pool: pool).list(filter, size: limit).items.map(\.journey)
    }
    #expect(try await list(.init()) == [6, 5, 2, 1].map(Self.id))
    #expect(try await list(.init(integration: "acme")) == [6, 2, 1].map(Self.id))
    #expect(try await list(.init(code: "email_domain_ignored")) == [5, 1].map(Self.id))
    // What was only delivered twice, because it is asked for.
    #expect(try await list(.init(code: "event_known")) == [4].map(Self.id))
    #expect(try await list(.init(integration: "acme"), limit: 2) == [6, 2].map(Self.id))
    let second = IgnoredArrival.Filter(integration: "acme", before: Self.id(2))
    #expect(try await list(second, limit: 2) == [1].map(Self.id))
    #expect(try await list(.init(before: Self.id(99))) == [])
    let first = try await IgnoredArrivals(pool: pool).list(.init(), size: 1).items[0]
    #expect(first.arrivedAt == "2026-03-02T12:00:06.000Z")
    #expect(first.sentence == "Why 6.")
    #expect(first.code == "own_conversion")
    await pool.shutdown()
  }
}
