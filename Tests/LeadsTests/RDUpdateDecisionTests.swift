import Leads
import StrictJSON
import TestKit
import Testing

struct RDUpdateDecisionTests {
  private func update(
    _ change: RDUpdateDecision.Change,
    email: String? = "ana@exemplo.com.br",
    _ updates: RDUpdates = RDUpdates(),
    field: String? = nil
  ) -> RDUpdate? {
    let decision = RDUpdateDecision(
      for: change,
      email: email,
      updates: updates,
      lossReasonField: field
    )
    guard case .send(let update) = decision else { return nil }
    return update
  }

  private func closed(
    _ status: OpportunityState.Status,
    value: String? = nil,
    reason: String? = nil
  ) -> RDUpdateDecision.Change {
    .closed(
      OpportunityState(
        status: status,
        stage: "Novo",
        value: value,
        lossReason: reason,
        tags: [],
        version: 2
      )
    )
  }

  @Test(.behaviour("B117", "B130", "B132", "B134"))
  func `an opportunity of a new lead is marked, with both conversions`() {
    #expect(
      update(.created(byMark: false, firstImport: true))?.events
        == [.conversion(.created), .conversion(.opportunityCreated), .opportunity]
    )
  }

  @Test(.behaviour("B131"))
  func `a lead that comes again has evolved`() {
    let events = update(.created(byMark: false, firstImport: false))?.events
    #expect(events?.first == .conversion(.evolved))
    #expect(StandardConversion.evolved.rawValue == "Cadastro evoluido no CRM")
  }

  @Test func `a lead that came by its mark is not marked again`() {
    let events = update(.created(byMark: true, firstImport: true))?.events
    #expect(events?.contains(.opportunity) == false)
  }

  @Test(.behaviour("B107", "B108", "B109", "B118", "B119", "B133"))
  func `a won opportunity is a sale with its value, and the lead a client`() {
    let won = update(closed(.won, value: "1234.50"))
    #expect(won?.events == [.conversion(.sale), .sale(value: "1234.50")])
    #expect(won?.lifecycleStage == .client)
  }

  @Test(.behaviour("B114", "B120", "B121"))
  func `a lost opportunity is a loss with its reason, also in the field that the settings name`() {
    let lost = update(closed(.lost, reason: "Preço"), field: "Motivo de perda no CRM")
    #expect(lost?.events == [.lost(reason: "Preço")])
    #expect(lost?.field == FieldValue(name: "Motivo de perda no CRM", value: "Preço"))
    #expect(RDFieldName.identifier(of: "Motivo de perda no CRM") == "cf_motivo_de_perda_no_crm")
  }

  @Test(
    .behaviour("B198", "B199"),
    arguments: [("99999999.00", true), ("99999999.01", false), ("100000000", false)]
  )
  func `a value above the limit is refused before any call`(value: String, isSent: Bool) {
    #expect((update(closed(.won, value: value)) != nil) == isSent)
  }

  @Test(.behaviour("B110", "B111"), arguments: [nil, "", "sem-arroba", "ana@"])
  func `without a valid e-mail nothing is sent`(email: String?) {
    #expect(update(.created(byMark: false, firstImport: true), email: email) == nil)
  }

  @Test func `what the settings switch off is not sent`() {
    let off = RDUpdates(
      opportunityMark: false,
      standardConversions: false,
      outcomes: false,
      lifecycleStage: false
    )
    #expect(update(.created(byMark: false, firstImport: true), off) == nil)
    #expect(update(closed(.won, value: "1"), off) == nil)
  }

  @Test func `a stored intent is read back as it was written`() throws {
    let update = RDUpdate(
      events: [.opportunity, .sale(value: "1.00"), .lost(reason: nil), .conversion(.evolved)],
      lifecycleStage: .client,
      field: FieldValue(name: "Motivo", value: "Preço")
    )
    #expect(RDUpdate(json: try JSON(parsing: update.json.encoded)) == update)
  }
}
