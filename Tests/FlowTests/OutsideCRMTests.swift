import Belt
import BeltStorage
import CRMConformance
import Leads
import Postgres
import Testing

/// The opportunity creator at a CRM that shares nothing with us: intent, call, result.
@Suite(.timeLimit(.minutes(2)))
struct OutsideCRMTests {
  /// An event as the opportunity creator gets it.
  private func centralized(_ belt: Belt) async throws -> [Message] {
    try await belt.apply(.flow { $0.crm = .rdStationCRM })
    var webhooks = Webhooks()
    let imported = try await belt.follows(.leadImporter, [webhooks.conversion(1)])
    return try await belt.follows(.centralizer, imported)
  }

  private func marker(_ belt: Belt) async throws -> Identifier {
    try await belt.pool.run("select id from opportunity where integration_id = 'acme'")[0]
      .identifier(0)
  }

  private func isConfirmed(_ belt: Belt) async throws -> Bool {
    let settled = try await belt.count(
      "select count(*) from effect where kind = 'crm.opportunity.create' and state = 'confirmed'"
    )
    let recorded = try await belt.count(
      "select count(*) from opportunity where crm_id is not null"
    )
    return settled == 1 && recorded == 1
  }

  @Test
  func `company and contact are put first, the opportunity refers to them, and the ids are kept`()
    async throws
  {
    try await withBelt { belt in
      let rest = try await belt.run(try await centralized(belt), deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let kept = try await belt.pool.run(
        "select crm_id from contact union all select crm_id from company"
      ).map { try $0.optionalString(0) }
      let references = belt.office.references(of: try await marker(belt), in: "acme")
      #expect(references.map { $0.id } == kept)
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 1)
      #expect(try await isConfirmed(belt))
    }
  }

  @Test func `a person whom the CRM knows is found before they are put into it`() async throws {
    try await withBelt { belt in
      let known = belt.office.addPerson([MatchKey(.email, "pessoa1@exemplo.com.br")], in: "acme")
      let messages = try await centralized(belt)
      let found = try await belt.pool.run("select crm_id from contact")[0].optionalString(0)
      #expect(found == known.id)
      try await belt.run(messages)
      #expect(belt.office.count(of: .contact, in: "acme") == 1)
      #expect(belt.office.references(of: try await marker(belt), in: "acme").contains(known))
    }
  }

  @Test func `a create whose answer was lost is read back by its marker and not made again`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await centralized(belt)
      belt.office.strike(.answerLost, in: "acme")
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["crm_outcome_unknown"])
      #expect(try await belt.run(messages, deliveries: 2).waiting.isEmpty)
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 1)
      #expect(try await isConfirmed(belt))
    }
  }

  @Test func `a create that is carried out late is waited for`() async throws {
    try await withBelt { belt in
      let messages = try await centralized(belt)
      belt.office.strike(.commitLate, in: "acme")
      for _ in 0..<3 {
        let rest = try await belt.run(messages)
        #expect(rest.waiting.map(\.reason.code) == ["crm_outcome_unknown"])
      }
      belt.office.carryOutLate(in: "acme")
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 1)
    }
  }

  @Test func `what the CRM never shows is a person's to decide, and is made when they say so`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await centralized(belt)
      belt.office.strike(.commitLate, in: "acme")
      try await belt.run(messages)
      try await belt.pool.run(
        "update effect set sent_at = now() - interval '10 minutes' where integration_id = 'acme'"
      )
      let rest = try await belt.run(messages)
      #expect(rest.rejected.map(\.reason.code) == ["crm_outcome_undecidable"])
      #expect(try await belt.count("select count(*) from effect where state = 'parked'") == 1)
      // As a person says that it is not there.
      try await belt.pool.run("update effect set state = 'failed' where integration_id = 'acme'")
      #expect(try await belt.run(messages).rejected.isEmpty)
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 1)
    }
  }

  @Test(arguments: [
    (CRMFault.loginDead, "memory_login_dead"), (.quotaUsedUp, "memory_quota"),
    (.away, "memory_away"),
  ])
  func `a call that did nothing is made later, and once`(fault: CRMFault, code: String) async throws
  {
    try await withBelt { belt in
      let messages = try await centralized(belt)
      belt.office.strike(fault, in: "acme")
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == [code])
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 0)
      belt.office.renewLogin(in: "acme")
      #expect(try await belt.run(messages, deliveries: 2).waiting.isEmpty)
      #expect(belt.office.count(of: try await marker(belt), in: "acme") == 1)
      #expect(belt.office.count(of: .contact, in: "acme") == 1)
    }
  }

  @Test func `an open opportunity is brought up to date where it is kept`() async throws {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.crm = .rdStationCRM
          $0.triggers[1].onRepeat = .reuseOpen
          $0.fields = [FieldMapping(crm: "fone", rd: "mobile_phone", fallback: nil)]
        }
      )
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      try await belt.run(
        [webhooks.conversion(1, identifier: "ebook", minute: 5, mobile: "+55 19 98888-7777")],
        deliveries: 2
      )
      #expect(try await belt.count("select count(*) from opportunity") == 1)
      let fields = belt.office.fields(of: try await marker(belt), in: "acme")
      #expect(fields["fone"]?.first?.contains("98888-7777") == true)
    }
  }
}
