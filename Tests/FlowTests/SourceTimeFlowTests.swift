import FoundationEssentials
import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt

/// An event that is dated into the future does not freeze its lead.
@Suite(.timeLimit(.minutes(3)))
struct SourceTimeFlowTests {
  private static func event(
    _ time: String,
    title: String,
    _ webhooks: inout Webhooks
  ) -> Message {
    webhooks.message([
      "event_type": "WEBHOOK.CONVERTED", "entity_type": "CONTACT",
      "event_identifier": .string(title), "timestamp": .string(time),
      "event_timestamp": .string(time),
      "contact": [
        "uuid": .string("\(Identifier(derivedFrom: "person", "1"))"),
        "email": "pessoa1@exemplo.com.br", "job_title": .string(title),
      ],
    ])
  }

  private static func title(_ pool: PostgresPool) async throws -> String {
    try await pool.run("select profile ->> 'job_title' from lead")[0].string(0)
  }

  @Test func `a true event after one dated 2099 is heard, and the journey tells of the wrong date`()
    async throws
  {
    try await withImporter { pool in
      var webhooks = Webhooks()
      let wrong = Self.event("2099-01-01T00:00:00.000Z", title: "Estagiária", &webhooks)
      let now = Date(timeIntervalSince1970: Double(Webhooks.now) / 1000 + 60)
      let right = Self.event(now.ISO8601Format(), title: "Diretora", &webhooks)
      #expect(await importing([wrong], pool).follows.count == 1)
      #expect(try await Self.title(pool) == "Estagiária")
      #expect(await importing([right], pool).follows.count == 1)
      #expect(try await Self.title(pool) == "Diretora")
      let told = try await pool.run("select sentence from journey where code = 'source_time_ahead'")
      #expect(told.count == 1)
      #expect(
        try await pool.run(
          "select count(*) from conversion c where \(BelievedTime.sql) > now() + '5 min'"
        )[0].int(0) == 0
      )
    }
  }

  @Test func `an event dated ahead is one in both forms`() async throws {
    try await withImporter { pool in
      var webhooks = Webhooks()
      let time = "2099-01-01T00:00:00.000Z"
      let current = Self.event(time, title: "orcamento", &webhooks)
      var legacy = webhooks.message([
        "leads": [
          [
            "uuid": .string("\(Identifier(derivedFrom: "person", "1"))"),
            "email": "pessoa1@exemplo.com.br",
            "last_conversion": ["source": "orcamento", "created_at": .string(time)],
          ]
        ]
      ])
      // Retried by RD Station.
      legacy.arrivedAt += 60_000
      #expect(await importing([current], pool).follows.count == 1)
      #expect(await importing([legacy], pool).follows.isEmpty)
      let stored = try await pool.run("select count(*) from conversion")[0].int(0)
      #expect(stored == 1)
    }
  }

  @Test func `a lead that was frozen by an earlier version thaws with its next event`() async throws
  {
    try await withImporter { pool in
      var webhooks = Webhooks()
      let first = Self.event("2026-03-09T14:10:10.000-03:00", title: "Estagiária", &webhooks)
      let next = Self.event("2026-03-09T14:20:10.000-03:00", title: "Diretora", &webhooks)
      _ = await importing([first], pool)
      try await pool.run("update lead set source_at = '2099-01-01'")
      _ = await importing([next], pool)
      #expect(try await Self.title(pool) == "Diretora")
      #expect(
        try await pool.run("select count(*) from lead where source_at > now()")[0].int(0) == 0
      )
    }
  }
}
