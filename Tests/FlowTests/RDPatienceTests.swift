import Leads
import StrictJSON
import Testing

@testable import BeltStorage
@testable import RDStation
@testable import RDUpdater

struct RDPatienceTests {
  @Test(arguments: [
    (0, 0, 5), (1, 10, 15), (2, 40, 30), (3, 80, 60), (4, 140, 41), (9, 179, 2), (9, 400, 60),
  ])
  func `looks are ever further apart, and the last one is right after the end`(
    reads: Int,
    age: Int,
    wait: Int
  ) {
    #expect(Patience.standard.wait(afterLooks: reads, at: .seconds(age)) == .seconds(wait))
  }

  @Test func `patience is longer than a late commit and the lag of what RD shows`() {
    #expect(Patience.standard.length >= .seconds(120 + 30))
    #expect(!Patience.standard.isOver(at: .seconds(179)))
    #expect(Patience.standard.isOver(at: .seconds(180)))
  }

  private static let conversions: [RDUpdate.Event] = [
    .conversion(.created), .conversion(.opportunityCreated),
  ]

  private static func history(_ shown: [(identifier: String, marker: String)]) throws
    -> [RDHistoryEvent]
  {
    try shown.map { event in
      let json: JSON = [
        "event_identifier": .string(event.identifier),
        "payload": ["traffic_value": .string(event.marker)],
      ]
      return try #require(RDHistoryEvent(json))
    }
  }

  @Test func `one of two conversions of a call is not both`() throws {
    let created = "Cadastro criado no CRM"
    let second = "Oportunidade gerada pelo CRM"
    let table: [([RDUpdate.Event], [(identifier: String, marker: String)], Bool, RDLook)] = [
      (Self.conversions, [(created, "m"), (second, "m")], true, .all),
      (Self.conversions, [(" cadastro CRIADO no CRM", "m"), (second, "m")], true, .all),
      (
        Self.conversions, [(created, "m")], true, .part(missing: [.conversion(.opportunityCreated)])
      ),
      (Self.conversions, [(second, "m")], true, .part(missing: [.conversion(.created)])),
      (
        Self.conversions, [(created, "m"), (second, "other")], true,
        .part(missing: [.conversion(.opportunityCreated)])
      ),
      (Self.conversions, [(created, "other"), ("Formulário", "m")], true, .nothing),
      (Self.conversions, [], true, .nothing),
      (Self.conversions, [(created, "m")], false, .undecidable),
      (
        Self.conversions + [.opportunity], [(created, "m")], true,
        .part(missing: [.conversion(.opportunityCreated), .opportunity])
      ),
      (
        Self.conversions + [.opportunity], [(second, "m")], true,
        .part(missing: [.conversion(.created), .opportunity])
      ),
      (Self.conversions + [.opportunity], [(created, "m"), (second, "m")], true, .all),
      ([.opportunity], [], true, .undecidable),
    ]
    for (events, shown, isWhole, look) in table {
      let history = try Self.history(shown)
      #expect(RDLook(for: events, marker: "m", among: history, isWhole: isWhole) == look)
    }
  }
}
