import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt
import Operations

/// A known event that says something newer of the person, as an automation flow sends it days later.
@Suite(.timeLimit(.minutes(2)))
struct RenewalFlowTests {
  private func message(_ name: String, _ webhooks: inout Webhooks) throws -> Message {
    webhooks.message(try JSON(parsing: CaseBody.bytes(name)))
  }

  private func stored(_ belt: Belt) async throws -> LeadProfile {
    let row = try await belt.pool.run("select profile, custom_fields from lead")[0]
    return LeadProfile(json: try row.json(0), customFields: try row.json(1))
  }

  @Test(arguments: [1, 64])
  func `newer data on a known event are taken in, without a second opportunity`(batchMax: Int)
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let messages = try ["05a-first", "05b-same-event-richer"].map { try message($0, &webhooks) }
      let rest = try await belt.run(messages, batchMax: batchMax)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(try await belt.count("select count(*) from conversion") == 1)
      let lead = try await stored(belt)
      #expect(lead.mobilePhone == "+55 (19) 99666-0505")
      #expect(lead.jobTitle == "Síndico" && lead.city == "Campinas" && lead.fitLetter == "A")
      #expect(lead.tags == ["nutrido"] && lead.field("cf_segmento") == "Solar")
      let line = try await belt.pool.run(
        "select sentence from journey where code = 'lead_renewed'"
      )[0].string(0)
      for field in ["job_title", "mobile_phone", "city", "tags", "fit_letter", "Segmento"] {
        #expect(line.contains(field), "\(field)")
      }
      #expect(!line.contains("99666"))
      #expect(try await belt.count("select count(*) from conversion where first_import") == 1)
      let ledger = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect(ledger.isBalanced && ledger.received == 2 && ledger.ignored == 1)
    }
  }

  @Test(arguments: [1, 64])
  func `a body that was here before brings nothing back`(batchMax: Int) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let names = ["05a-first", "05b-same-event-richer", "05a-first", "05b-same-event-richer"]
      try await belt.run(try names.map { try message($0, &webhooks) }, batchMax: batchMax)
      #expect(try await stored(belt).mobilePhone == "+55 (19) 99666-0505")
      let codes = try await belt.pool.run(
        "select reason from arrival where state = 'duplicate' order by arrived_at"
      ).map { try $0.string(0) }
      #expect(codes == ["lead_renewed", "event_known", "event_known"])
    }
  }

  /// What an automation flow sends when the lead's last event is no conversion of the person's.
  enum Last: String, CaseIterable {
    case ownMark = "own_mark"
    case ownConversion = "own_conversion"
    case activity = "crm_activity"

    func body(at time: String) throws -> JSON {
      var text = String(decoding: try CaseBody.bytes("05b-same-event-richer"), as: UTF8.self)
        .replacing("6cc6e15f", with: "7cc6e15f")
        .replacing(#""opportunity": "false""#, with: #""opportunity": "true""#)
      switch self {
      case .ownMark:
        text.replace(
          #""last_marked_opportunity_date": null"#,
          with: #""last_marked_opportunity_date": "\#(time)""#
        )
      case .ownConversion: text.replace("ebook-solar", with: "Oportunidade gerada pelo CRM")
      case .activity: text.replace("ebook-solar", with: "Tarefa criada no RD Station CRM")
      }
      return try JSON(parsing: Array(text.utf8))
    }
  }

  @Test(arguments: Last.allCases)
  func `newer data beside an event that is none are taken in, and nothing else is made`(
    last: Last
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([try message("05a-first", &webhooks)])
      let time = try await belt.pool.run(
        """
        select to_char((max(begun_at) + interval '1 second') at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from effect where kind = 'rd.events'
        """
      )[0].string(0)
      let told = try belt.ledger("opportunity").count
      let sent = webhooks.message(try last.body(at: time))
      try await belt.run([sent])
      let lead = try await stored(belt)
      #expect(lead.mobilePhone == "+55 (19) 99666-0505" && lead.jobTitle == "Síndico")
      #expect(lead.tags == ["nutrido"] && lead.field("cf_segmento") == "Solar")
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(try await belt.count("select count(*) from conversion") == 1)
      #expect(try belt.ledger("opportunity").count == told)
      let arrival = try await belt.pool.run(
        """
        select a.reason, j.sentence from arrival a
        join journey j using (integration_id, journey_id)
        where a.state = 'ignored' and j.code = a.reason
        """
      )
      let reasons = try arrival.map { try $0.string(0) }
      #expect(reasons == [last.rawValue])
      #expect(try arrival[0].string(1).contains("taken in: "))
      #expect(try arrival[0].string(1).contains("mobile_phone"))
      // The very body again says nothing newer.
      try await belt.pool.run("update lead set profile = profile - 'city'")
      try await belt.run([webhooks.message(try last.body(at: time))])
      #expect(try await stored(belt).city == nil)
    }
  }

  @Test func `what is older than the lead's newest event brings nothing back`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let first = try message("05a-first", &webhooks)
      let text = String(decoding: try CaseBody.bytes("05b-same-event-richer"), as: UTF8.self)
      let newer = webhooks.message(
        try JSON(
          parsing: Array(
            text.replacing("6cc6e15f", with: "7cc6e15f").replacing("07:40:00", with: "08:40:00")
              .replacing("T10:40:00Z", with: "T11:40:00Z")
              .replacing("Síndico", with: "Diretora").utf8
          )
        )
      )
      let late = try message("05b-same-event-richer", &webhooks)
      try await belt.run([first, newer, late], batchMax: 1)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      #expect(try await stored(belt).jobTitle == "Diretora")
      #expect(try await belt.count("select count(*) from journey where code = 'lead_renewed'") == 0)
    }
  }

  @Test func `a field has one value, whichever body names it how`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      func body(_ minute: Int, _ member: String, _ fields: JSON) -> JSON {
        let time = "2026-03-09T14:0\(minute):10.000-03:00"
        let uuid: JSON = "4279a0c5-1a07-55ce-b840-6b3068a86900"
        if member == "contact" {
          var contact = JSON.Members(fields.members ?? [])
          contact["uuid"] = uuid
          contact["email"] = "ivo@serrano.example"
          return [
            "event_type": "WEBHOOK.CONVERTED", "event_identifier": "form",
            "event_timestamp": .string(time), "contact": .object(contact),
          ]
        }
        return [
          "leads": [
            [
              "uuid": uuid, "email": "ivo@serrano.example", "custom_fields": fields,
              "last_conversion": ["created_at": .string(time), "source": "form"],
            ]
          ]
        ]
      }
      let bodies = [
        body(1, "contact", ["cf_segmento": "Solar"]), body(2, "leads", ["Segmento": "Eólica"]),
        body(3, "contact", ["cf_segmento": "Hídrica"]),
      ]
      for (body, expected) in zip(bodies, ["Solar", "Eólica", "Hídrica"]) {
        try await belt.run([webhooks.message(body)])
        let lead = try await stored(belt)
        #expect(lead.field("cf_segmento") == expected)
        #expect(lead.field("Segmento") == expected)
        #expect(lead.customFields.count == 1)
      }
    }
  }
}
