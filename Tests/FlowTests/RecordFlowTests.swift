import BeltStorage
import Leads
import Postgres
import RDStation
import StrictJSON
import TestKit
import Testing
import Belt

@Suite(.timeLimit(.minutes(2)))
struct RecordFlowTests {
  @Test(.behaviour("B045", "B058"))
  func `marking a lead again reuses contact and company and makes a new opportunity`() async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let marks = (0..<2).map {
        webhooks.conversion(1, minute: $0, type: "WEBHOOK.MARKED_OPPORTUNITY")
      }
      try await belt.run(marks, deliveries: 2)
      #expect(try await belt.count("select count(*) from contact") == 1)
      #expect(try await belt.count("select count(*) from company") == 1)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      #expect(
        try await belt.count("select count(distinct contact_id) from embedded_opportunity") == 1
      )
    }
  }

  @Test func `a repeated event brings the open opportunity up to date where the trigger says so`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.triggers[1].onRepeat = .reuseOpen
          $0.fields = [
            FieldMapping(crm: "pessoa", rd: "name", fallback: nil),
            FieldMapping(crm: "fone", rd: "mobile_phone", fallback: nil),
          ]
        }
      )
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      try await belt.run(
        [webhooks.conversion(1, identifier: "ebook", minute: 5, mobile: "+55 19 98888-7777")],
        deliveries: 2
      )
      let rows = try await belt.pool.run(
        """
        select jsonb_array_length(fields), jsonb_array_length(history), fields::text, version
        from embedded_opportunity
        """
      )
      #expect(rows.count == 1)
      #expect(try rows[0].int(0) == 2)
      #expect(try rows[0].int(1) == 2)
      #expect(try rows[0].string(2).contains("98888-7777"))
      #expect(try rows[0].int(3) == 2, "repeating the call changes nothing")
      #expect(
        try await belt.count("select count(*) from journey where code = 'opportunity_revised'") == 1
      )
    }
  }

  @Test(.behaviour("B043", "B088"))
  func `creators that work at the same time share one rotation`() async throws {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.catalogue.users = (1...4).map { .init(email: "dono\($0)@acme.com.br") }
        }
      )
      var webhooks = Webhooks()
      let imported = try await belt.follows(
        .leadImporter,
        (0..<40).map { webhooks.conversion($0) }
      )
      let centralized = try await belt.follows(.centralizer, imported)
      let creator = try belt.handler(.opportunityCreator)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for start in stride(from: 0, to: 40, by: 4) {
          let batch = Array(centralized[start..<start + 4])
          group.addTask { _ = try await creator.handle(batch) }
        }
        try await group.waitForAll()
      }
      let counts = try await belt.pool.run(
        "select count(*) from embedded_opportunity group by owner order by owner"
      ).map { try $0.int(0) }
      #expect(counts == [10, 10, 10, 10])
    }
  }

  @Test func `an opportunity that the version before planned and did not end is made once`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let imported = try await belt.follows(.leadImporter, [webhooks.conversion(1)])
      let centralized = try await belt.follows(.centralizer, imported)
      try await belt.run(centralized)
      // It kept an intent before it wrote to the CRM, and its process ended in between.
      try await belt.pool.run([
        """
        insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan)
        select integration_id, \(centralized[0].id), \(centralized[0].journey),
          'crm.opportunity.create', id, 'sent', '{}' from opportunity
        """,
        "update opportunity set crm_id = null",
        "delete from embedded_opportunity",
        "delete from receipt where message_id = \(centralized[0].id)",
      ])
      let rest = try await belt.run(centralized, deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(
        try await belt.count(
          """
          select count(*) from opportunity o join embedded_opportunity e on e.id::text = o.crm_id
          join effect f on f.subject_id = o.id and f.state = 'confirmed'
            and f.kind = 'crm.opportunity.create'
          """
        ) == 1
      )
    }
  }

  @Test func `two events of one lead in one batch see each other`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.oneOpenDealPerLead = true })
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1), webhooks.conversion(1, minute: 3)])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(
        try await belt.count("select count(*) from journey where code = 'open_deal_exists'") == 1
      )
    }
  }

  @Test(.behaviour("B083", "B084"))
  func `a record that is not chosen is not in the CRM, and the lead is complete without it`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.records.create = [.contact, .opportunity] })
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      #expect(try await belt.count("select count(*) from contact where in_crm") == 1)
      #expect(try await belt.count("select count(*) from company where in_crm") == 0)
      #expect(
        try await belt.count(
          "select count(*) from embedded_opportunity where contact_id is not null and company_id is null"
        ) == 1
      )
      try await belt.apply(.flow { $0.records.create = [.contact] })
      try await belt.run([webhooks.conversion(2)])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(try await belt.count("select count(*) from contact where in_crm") == 2)
      #expect(try await belt.count("select count(*) from journey where code = 'records_only'") == 1)
    }
  }

  @Test(.behaviour("B090", "B140", "B155"))
  func `contact and company have their owner and their fields, and an emptied one is handed on`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.fields = [
            FieldMapping(record: .contact, crm: "origem", rd: "tags", fallback: nil),
            FieldMapping(
              record: .contact,
              crm: "fone",
              rd: "mobile_phone",
              fallback: nil,
              clears: true
            ),
            FieldMapping(record: .company, crm: "canal", rd: nil, fallback: "RD Station"),
          ]
        }
      )
      var webhooks = Webhooks()
      try await belt.run([
        webhooks.conversion(1, mobile: "+55 19 98888-7777", tags: ["site", "feira"])
      ])
      let contact = try await belt.pool.run("select fields, owner from contact")[0]
      #expect(try contact.json(0)["origem"]?.string == "site, feira")
      #expect(try contact.json(0)["fone"]?.string == "+55 19 98888-7777")
      let company = try await belt.pool.run("select fields, owner from company")[0]
      #expect(try company.json(0)["canal"]?.string == "RD Station")
      #expect(try company.string(1) == contact.string(1))
      try await belt.run([webhooks.conversion(1, minute: 9, mobile: nil, tags: [])])
      let later = try await belt.pool.run("select fields from contact")[0].json(0)
      #expect(later["fone"] == nil, "sent as null, so it was emptied")
      #expect(later["origem"]?.string == "site, feira", "the row does not hand emptying on")
    }
  }

  @Test(.behaviour("B026"))
  func `what RD Station knew before is not fetched, whatever arrives later`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await belt.client.updateContact(
        .email("antiga@exemplo.com.br"),
        fields: ["name": "Antiga"],
        for: "acme"
      )
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      let known = try await belt.pool.run("select email_key from lead").map { try $0.string(0) }
      #expect(known == ["pessoa1@exemplo.com.br"])
    }
  }

  @Test(.behaviour("B027"))
  func `a field that is mapped later is not filled in for an earlier opportunity`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      try await belt.apply(
        .flow { $0.fields = [FieldMapping(crm: "pessoa", rd: "name", fallback: nil)] }
      )
      try await belt.run([webhooks.conversion(2)])
      let fields = try await belt.pool.run(
        "select jsonb_array_length(fields) from embedded_opportunity order by created_at"
      ).map { try $0.int(0) }
      #expect(fields == [0, 1])
    }
  }
}
