import StrictJSON
import TestKit
import Testing

@testable import Leads

struct LeadProfileTests {
  struct Sent: CustomTestStringConvertible {
    let json: JSON?
    let state: FieldState
    var testDescription: String { json?.text ?? "not sent" }
  }

  static let sent = [
    Sent(json: "Campinas", state: .value("Campinas")),
    Sent(json: "  Sa\u{303}o Paulo\n", state: .value("São Paulo")),
    Sent(json: .null, state: .cleared), Sent(json: "", state: .cleared),
    Sent(json: " \u{A0} ", state: .cleared), Sent(json: [], state: .cleared),
    Sent(json: nil as JSON?, state: .notSent), Sent(json: [:], state: .notSent),
    Sent(json: true, state: .notSent), Sent(json: ["Campinas"], state: .notSent),
  ]

  /// Each standard field, with where the older and the current body carry it.
  private static let standard = [
    ("name", "name", "name"), ("company", "company", "company"),
    ("job_title", "job_title", "job_title"),
    ("personal_phone", "personal_phone", "personal_phone"), ("city", "city", "city"),
    ("state", "state", "state"), ("website", "website", "website"),
    ("owner_email", "user", "contact_owner_email"),
  ]

  @Test(arguments: sent)
  func `a standard field has a value, was cleared, or was not sent`(sent: Sent) throws {
    for (name, legacy, current) in Self.standard {
      let old = try Bodies.event(Bodies.legacy { $0[legacy] = sent.json }).lead
      #expect(old.state(of: name) == sent.state, "\(name) in the older body")
      let new = try Bodies.event(
        Bodies.current { contact in
          switch name {
          case "company": contact["company"] = Bodies.object("name", sent.json)
          case "owner_email": contact["funnel"] = Bodies.object(current, sent.json)
          default: contact[current] = sent.json
          }
        }
      ).lead
      #expect(new.state(of: name) == sent.state, "\(name) in the current body")
      for lead in [old, new] {
        #expect(
          (lead.field(name) != nil)
            == (lead.state(of: name) != .cleared && lead.state(of: name) != .notSent)
        )
        #expect(LeadProfile(json: lead.json, customFields: []).state(of: name) == sent.state)
      }
    }
  }

  @Test(
    arguments: [
      (nil as JSON?, .notSent), (.null, .cleared), ("", .cleared), ([], .cleared),
      (["", .null], .cleared), ("Indústria", .value("Indústria")),
      ("Indu\u{301}stria", .value("Indústria")), (["a", "b"], .value(["a", "b"])),
      (false, .value(false)), (.number("1e3"), .value(.number("1e3"))),
      (["k": .null], .value(["k": .null])),
    ] as [(JSON?, FieldState)]
  )
  func `a custom field has a value, was cleared, or was not sent`(
    sent: JSON?,
    state: FieldState
  ) throws {
    for lead in [
      try Bodies.event(Bodies.current { $0["cf_segmento"] = sent }).lead,
      try Bodies.event(Bodies.legacy { $0["custom_fields"] = Bodies.object("Segmento", sent) })
        .lead,
    ] {
      let stored = LeadProfile(json: lead.json, customFields: .object(.init(lead.customFields)))
      #expect(stored == lead)
      for name in ["cf_segmento", "Segmento", "segmento"] {
        #expect(stored.state(of: name) == state, "\(name)")
      }
    }
  }

  @Test(arguments: [JSON.null, [], "", [.null]])
  func `tags that were sent empty are cleared`(sent: JSON) throws {
    let lead = try Bodies.event(Bodies.legacy(tags: sent)).lead
    #expect(lead.tags == nil)
    #expect(lead.state(of: "tags") == .cleared)
    #expect(lead.json["tags"] == .null)
  }

  @Test func `tags are a list, and a text with commas where a text is asked for`() throws {
    let lead = try Bodies.event(Bodies.legacy()).lead
    #expect(lead.state(of: "tags") == .value(["galvanizacao", "feira-2026"]))
    #expect(lead.field("tags") == "galvanizacao, feira-2026")
    #expect(LeadProfile().state(of: "tags") == .notSent)
  }

  @Test func `what names a lead is never cleared`() throws {
    let lead = try Bodies.event(
      Bodies.legacy { lead in for key in ["uuid", "email"] { lead[key] = .some(.null) } }
    ).lead
    #expect(lead.cleared.isDisjoint(with: ["uuid", "id", "email"]))
    #expect(lead.json["uuid"] == JSON?.none)
    #expect(lead.state(of: "email") == .notSent)
  }

  @Test func `an answer of the form stands in for a phone without a value`() throws {
    let lead = try Bodies.event(Bodies.legacy()).lead
    #expect(lead.mobilePhone == "+55 (11) 97000-1234")
    #expect(lead.state(of: "mobile_phone") == .value("+55 (11) 97000-1234"))
  }

  @Test(.behaviour("B023"))
  func `a newer body keeps what it does not mention and empties what it clears`() throws {
    let old = try Bodies.event(Bodies.current()).lead
    let new = try Bodies.event(
      Bodies.current { contact in
        contact["job_title"] = .some(.null)
        contact["cf_segmento"] = ""
        contact["cf_linhas"] = JSON?.none
        contact["company"] = JSON?.none
        contact["name"] = "Ana P. Souza"
        contact["funnel"] = ["contact_owner_email": .null]
      }
    ).lead
    let joined = joined(old, new)
    #expect(joined.name == "Ana P. Souza")
    #expect(joined.state(of: "job_title") == .cleared)
    #expect(joined.state(of: "cf_segmento") == .cleared)
    #expect(joined.field("cf_segmento") == nil)
    #expect(joined.state(of: "cf_linhas") == .value(["tubos", "perfis"]))
    #expect(joined.company == "Prado Metais Ltda")
    #expect(joined.state(of: "owner_email") == .cleared)
    #expect(joined.lifecycleStage == .qualifiedLead)
    let filled = self.joined(joined, old)
    #expect(filled.jobTitle == "Compradora")
    #expect(filled.cleared.isEmpty)
  }

  /// As the database does with `old || new`.
  private func joined(_ old: LeadProfile, _ new: LeadProfile) -> LeadProfile {
    func joined(_ old: JSON, _ new: JSON) -> JSON {
      var members = JSON.Members(old.members ?? [])
      for member in new.members ?? [] { members[member.key] = .some(member.value) }
      return .object(members)
    }
    return LeadProfile(
      json: joined(old.json, new.json),
      customFields: joined(.object(.init(old.customFields)), .object(.init(new.customFields)))
    )
  }

  @Test(
    arguments: [
      ("Segmento de atuação", "cf_segmento_de_atuacao"), ("Segmento", "cf_segmento"),
      ("Volume  mensal (t)", "cf_volume_mensal_t"),
      ("ORÇAMENTO", "cf_orcamento"), ("Opc\u{327}a\u{303}o", "cf_opcao"), ("Año", "cf_ano"),
    ]
  )
  func `a custom field is found by its visible name and by its identifier, whichever was sent`(
    visible: String,
    identifier: String
  ) {
    for (sent, asked) in [(visible, identifier), (identifier, visible), (visible, visible)] {
      var lead = LeadProfile()
      lead.customFields = [
        .init(key: "cf_outro", value: "não"), .init(key: sent.nfc, value: "sim"),
      ]
      #expect(lead.field(asked) == "sim")
      #expect(lead.field("cf_nenhum") == nil)
    }
  }

  @Test func `of two names that read alike the exact one wins, whatever the order`() {
    let fields: [JSON.Members.Member] = [
      .init(key: "Segmento", value: "a"), .init(key: "segmento", value: "b"),
      .init(key: "SEGMENTO", value: .null),
    ]
    for order in [fields, fields.reversed()] {
      var lead = LeadProfile()
      lead.customFields = order
      #expect(lead.field("Segmento") == "a")
      #expect(lead.field("segmento") == "b")
      #expect(lead.state(of: "SEGMENTO") == .cleared)
      #expect(lead.field("cf_segmento") == "a")
      lead.customFields.append(.init(key: "cf_segmento", value: .null))
      #expect(lead.state(of: "cf_segmento") == .cleared)
    }
  }

  @Test func `names without a letter or digit are not taken for each other`() {
    var lead = LeadProfile()
    lead.customFields = [.init(key: "???", value: "a")]
    #expect(lead.field("!!!") == nil)
    #expect(lead.field("???") == "a")
  }

  @Test func `a text that no field holds is cut, on a line earlier than in a custom field`() throws
  {
    let long = String(repeating: "ã", count: 100_000)
    let decomposed = String(repeating: "a\u{303}", count: 100_000)
    for text in [long, decomposed] {
      let lead = try Bodies.event(
        Bodies.legacy { lead in
          lead["company"] = .string("  " + text)
          lead["tags"] = [.string(text)]
          lead["custom_fields"] = ["Obs": .string(text), "Lista": [.string(text)]]
        }
      ).lead
      #expect(lead.company == String(repeating: "ã", count: 512))
      #expect(lead.tags == [String(repeating: "ã", count: 512)])
      #expect(lead.field("Obs") == String(repeating: "ã", count: 16_384))
      #expect(lead.field("cf_lista") == String(repeating: "ã", count: 16_384))
      #expect(lead.company.map { $0.utf8.count <= 2_048 } == true)
    }
  }

  @Test func `a text of combining marks costs no more than its length`() {
    let marks = "a" + String(repeating: "\u{301}\u{323}", count: 250_000)
    #expect(JSON.string(marks).line?.unicodeScalars.count == 512)
  }

  @Test func `composed and decomposed texts of a body are one event of one lead`() throws {
    func event(_ accent: String) throws -> LeadEvent {
      var body = JSON.Members(Bodies.current().members ?? [])
      body["event_identifier"] = .string("orc\(accent)amento")
      body["contact"] = [
        "email": .string("jos\(accent)@exemplo.com.br"), "name": .string("Joa\(accent)o"),
        "tags": [.string("pre\(accent)")], "cf_re\(accent)": ["k\(accent)": .string("a\(accent)")],
      ]
      return try Bodies.event(.object(body))
    }
    let composed = try event("\u{E9}")
    let decomposed = try event("e\u{301}")
    #expect(composed.key == decomposed.key)
    #expect(composed.leadID == decomposed.leadID)
    #expect(composed.lead.json.encoded == decomposed.lead.json.encoded)
    #expect(
      JSON.object(.init(composed.lead.customFields)).encoded
        == JSON.object(.init(decomposed.lead.customFields)).encoded
    )
  }
}
