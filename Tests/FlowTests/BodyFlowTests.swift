import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt
import Operations

/// What stands in webhook bodies, as far as the database and the CRM.
@Suite(.timeLimit(.minutes(2)))
struct BodyFlowTests {
  private func message(_ name: String, _ webhooks: inout Webhooks) throws -> Message {
    webhooks.message(try JSON(parsing: CaseBody.bytes(name)))
  }

  private static let answers = Settings.flow {
    $0.fields = [
      FieldMapping(record: .contact, crm: "segmento", rd: "cf_segmento", fallback: "Geral"),
      FieldMapping(record: .contact, crm: "unidade", rd: "cf_unidade", fallback: "Matriz"),
      FieldMapping(record: .contact, crm: "cargo", rd: "job_title", fallback: nil),
      FieldMapping(record: .contact, crm: "area", rd: "cf_area_de_interesse", fallback: "Geral"),
    ]
    $0.centralizeBy = .company
  }

  @Test func `answers that stand in the payload reach the CRM, and the journey says from where`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(Self.answers)
      var webhooks = Webhooks()
      try await belt.run([try message("30-answers-in-payload", &webhooks)])
      let fields = try await belt.pool.run("select fields from contact")[0].json(0)
      #expect(fields["segmento"]?.text.contains("Agronegócio") == true)
      #expect(fields["unidade"]?.text.contains("Curitiba") == true)
      #expect(fields["cargo"]?.text.contains("Compradora") == true)
      #expect(try await belt.pool.run("select name from company")[0].string(0) == "Respostas Ltda")
      let line = try await belt.pool.run(
        "select sentence from journey where code = 'imported'"
      )[0].string(0)
      #expect(line.contains("Read from the conversion's payload: cf_segmento, cf_quando"))
    }
  }

  @Test(arguments: [["26a-one-shape", "26b-other-shape"], ["26b-other-shape", "26a-one-shape"]])
  func `one conversion in both bodies is one opportunity, in one batch and in two`(
    order: [String]
  ) async throws {
    for batchMax in [1, 64] {
      try await withBelt { belt in
        try await belt.apply(.flow())
        var webhooks = Webhooks()
        let messages = try order.map { try message($0, &webhooks) }
        try await belt.run(messages, batchMax: batchMax)
        #expect(try await belt.count("select count(*) from conversion") == 1)
        #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
        let states = try await belt.pool.run(
          "select state from arrival order by arrived_at"
        ).map { try $0.string(0) }
        #expect(states == ["accepted", "duplicate"])
        let journeys = try await Journeys(pool: belt.pool).journeys(
          of: "dupla@forma.example"
        )
        #expect(journeys.compactMap(\.name) == ["Dupla Forma", "Dupla Forma"])
      }
    }
  }

  @Test func `two conversions on one form a minute apart are two, in both bodies`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let bodies = try ["26a-one-shape", "26b-other-shape"].map {
        String(decoding: try CaseBody.bytes($0), as: UTF8.self)
      }
      let later = try bodies.map { text in
        try JSON(
          parsing: Array(
            text.replacing(":48:25", with: ":49:25").replacing("871e8056", with: "971e8056")
              .replacing("\"cumulative_sum\": \"1\"", with: "\"cumulative_sum\": \"2\"").utf8
          )
        )
      }
      let all = try bodies.map { try JSON(parsing: Array($0.utf8)) } + later
      try await belt.run(all.map { webhooks.message($0) })
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
    }
  }

  @Test func `a key that the version before stored is known in both bodies`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let legacy = try message("26b-other-shape", &webhooks)
      try await belt.run([legacy])
      let stored = try await belt.pool.run("select id from conversion")[0].identifier(0)
      let uuid = "871e8056-2d1f-4ba6-8c81-8a075558e159"
      #expect(stored == Identifier(derivedFrom: "acme", "event", "conversion:\(uuid)"))
    }
  }

  @Test func `deals and tasks of RD Station CRM make nothing, and the form and the page do`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let names = ["02a-form", "02b-deal-created", "02c-task-created", "02e-real-page"]
      try await belt.run(try names.map { try message($0, &webhooks) })
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      #expect(
        try await belt.count("select count(*) from journey where code = 'crm_activity'") == 2
      )
      let ledger = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect(ledger.isBalanced)
      #expect(ledger.ignoredByReason.map(\.code) == ["crm_activity"])
    }
  }

  @Test func `strangers with fillers share nothing, and defaults hold`() async throws {
    try await withBelt { belt in
      try await belt.apply(Self.answers)
      var webhooks = Webhooks()
      let names = ["01-null-markers-1", "01-null-markers-2"]
      try await belt.run(try names.map { try message($0, &webhooks) })
      #expect(try await belt.count("select count(*) from contact") == 2)
      #expect(try await belt.count("select count(*) from company") == 0)
      let fields = try await belt.pool.run("select fields from contact").map { try $0.json(0).text }
      #expect(fields.count == 2)
      #expect(fields.allSatisfy { $0.contains("Geral") && !$0.contains("NULL") })
      #expect(
        try await belt.count("select count(*) from contact where mobile_phone like '%N%'") == 0
      )
    }
  }

  @Test func `a number that lost its zero in a spreadsheet is the same company`() async throws {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.taxIDField = "cf_cnpj"
          $0.centralizeBy = .company
        }
      )
      var webhooks = Webhooks()
      for name in ["06a-full", "06e-number-lost-zero"] {
        try await belt.run([try message(name, &webhooks)])
      }
      #expect(try await belt.count("select count(*) from contact") == 2)
      #expect(try await belt.count("select count(*) from company") == 1)
      let told = try await belt.count(
        "select count(*) from journey where code = 'centralized' and sentence like '%lost the zeros%'"
      )
      #expect(told == 1)
    }
  }
}
