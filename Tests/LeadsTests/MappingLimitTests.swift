import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct MappingLimitTests {
  /// One of the eleven lines, where the body has the field, and how to set it.
  struct Line: CustomTestStringConvertible, Sendable {
    let name: String
    let path: String
    let set: @Sendable (inout LeadProfile, String) -> Void
    var testDescription: String { name }
  }

  static let lines: [Line] = [
    Line(name: "Cidade", path: "addresses.0.cityName") { $0.city = $1 },
    Line(name: "Celular", path: "phones.1.number") { $0.mobilePhone = $1 },
    Line(name: "Cargo", path: "jobTitle") { $0.jobTitle = $1 },
    Line(name: "Empresa", path: "tradingName") { $0.company = $1 },
    Line(name: "Estado", path: "addresses.0.stateName") { $0.state = $1 },
    Line(name: "Facebook", path: "facebook") { $0.facebook = $1 },
    Line(name: "Linkedin", path: "linkedin") { $0.linkedin = $1 },
    Line(name: "Nome", path: "name") { $0.name = $1 },
    Line(name: "Telefone", path: "phones.0.number") { $0.personalPhone = $1 },
    Line(name: "Website", path: "website") { $0.website = $1 },
  ]

  /// What is given, and how many of its scalars are kept.
  static let lengths: [(text: String, kept: Int)] = [
    (String(repeating: "a", count: 255), 255),
    ("  " + String(repeating: "a", count: 255) + "\n", 255),
    (String(repeating: "a", count: 256), 255),
    (String(repeating: "a", count: 5000), 255),
    // In UTF-8 twice and four times as many bytes: they do not count.
    (String(repeating: "ç", count: 255), 255),
    (String(repeating: "😀", count: 255), 255),
    (String(repeating: "😀", count: 256), 255),
    // Two scalars a letter.
    (String(repeating: "e\u{301}", count: 127) + "a", 255),
    (String(repeating: "e\u{301}", count: 128), 254),
    // The last letter ends with the field.
    (String(repeating: "a", count: 253) + "e\u{301}", 255),
    (String(repeating: "a", count: 254) + "e\u{301}", 254),
    // A family of seven scalars, and a flag of two, across the end.
    (String(repeating: "a", count: 250) + "👩‍👩‍👧‍👦", 250),
    (String(repeating: "a", count: 254) + "🇧🇷", 254),
    // One letter longer than the field.
    ("e" + String(repeating: "\u{301}", count: 300), 255),
  ]

  @Test(
    .behaviour(
      "B187",
      "B188",
      "B189",
      "B191",
      "B192",
      "B193",
      "B194",
      "B195",
      "B196",
      "B197"
    ),
    arguments: lines,
    lengths
  )
  func `a standard field holds 255 characters and tells what it cut`(
    line: Line,
    length: (text: String, kept: Int)
  ) throws {
    let given = length.text.trimmed
    let lead = try TOTVSLead.sample(.maria { line.set(&$0, length.text) })
    let written = try #require(lead.body.at(line.path)?.string)
    #expect(written.unicodeScalars.count == length.kept)
    #expect(given.unicodeScalars.starts(with: written.unicodeScalars))
    let isCut = given.unicodeScalars.count > 255
    #expect(lead.warnings.count == (isCut ? 1 : 0))
    #expect(lead.warnings.allSatisfy { $0.contains("“\(line.name)”") && $0.contains("255") })
    if isCut, given.count > 1 {
      #expect(given.hasPrefix(written))
    }
  }

  @Test(.behaviour("B190"), arguments: [(255, true), (256, false), (5000, false)])
  func `an e-mail address that is too long is refused and never cut`(
    length: Int,
    isTaken: Bool
  ) throws {
    let domain = "@acme.com.br"
    let address = String(repeating: "é", count: length - domain.count) + domain
    let lead = LeadProfile.maria { $0.email = " \(address) " }
    if isTaken {
      let made = try TOTVSLead.sample(lead)
      #expect(made.body.at("emails.0.email")?.string == address)
      #expect(made.warnings.isEmpty)
      return
    }
    let error = try #require(throws: CRMError.self) { try TOTVSLead.sample(lead) }
    #expect(error.code == .refused)
    #expect(error.reason.code == "email_too_long")
    #expect(error.reason.sentence.contains("“E-mail”"))
    #expect(!error.reason.sentence.contains("@"))
  }

  private func segments(_ existing: Int, value: String, created: Set<String> = []) -> FieldPlan {
    let settings = Settings.sample {
      $0.crm = .rdStationCRM
      $0.fields = [FieldMapping(crm: "Segmento", rd: "cf_segmento", fallback: nil)]
      $0.catalogue.plan = .free
      $0.catalogue.fields = [
        CRMCatalogue.Field(
          name: "Segmento",
          type: .choice,
          options: (0..<existing).map { "Segmento \($0 + 1)" },
          takesNewOptions: true,
          optionMax: 50
        )
      ]
    }
    let lead = LeadProfile.maria {
      $0.customFields = [.init(key: "cf_segmento", value: .string(value))]
    }
    return FieldPlan(
      of: lead,
      in: settings,
      created: [FieldName(record: .opportunity, name: "Segmento"): created]
    )
  }

  @Test(
    .behaviour("B200"),
    arguments: [
      (0, "Novo", [], true), (49, "Novo", [], true), (48, "Novo", ["Outro"], true),
      (50, "Segmento 50", [], true), (49, "Outro", ["Outro"], true), (50, "Novo", [], false),
      (49, "Novo", ["Outro"], false), (60, "Novo", [], false), (60, "Segmento 60", [], true),
    ] as [(Int, String, Set<String>, Bool)]
  )
  func `fifty segments are taken and the next one is not`(
    existing: Int,
    value: String,
    created: Set<String>,
    isTaken: Bool
  ) {
    let plan = segments(existing, value: value, created: created)
    #expect((plan.hold == nil) == isTaken)
    #expect(plan.refusal == nil)
    #expect(
      plan.values(of: .opportunity)
        == (isTaken ? [FieldValue(name: "Segmento", value: value)] : [])
    )
  }

  @Test(.behaviour("B201"))
  func `a lead over the limit of segments waits for a person and says why`() throws {
    let reason = try #require(segments(50, value: "Novo").hold)
    #expect(reason.code == "segment_limit_reached")
    #expect(reason.sentence.contains("“Segmento” can have 50 options"))
    #expect(segments(50, value: "Novo").newOptions.isEmpty)
  }
}
