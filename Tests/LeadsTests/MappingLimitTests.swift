import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct MappingLimitTests {
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
    var lead = LeadProfile()
    lead.customFields = [.init(key: "cf_segmento", value: .string(value))]
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
