import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct RDUpdateDecisionTests {
  private func decision(
    _ change: RDUpdateDecision.Change,
    emails: [String?] = ["ana@exemplo.com.br"],
    _ updates: RDUpdates = RDUpdates(),
    field: String? = nil
  ) -> RDUpdateDecision {
    RDUpdateDecision(
      for: change,
      people: emails.map { RDPerson(uuid: nil, email: $0) },
      updates: updates,
      lossReasonField: field
    )
  }

  private func update(
    _ change: RDUpdateDecision.Change,
    _ updates: RDUpdates = RDUpdates(),
    field: String? = nil
  ) -> RDUpdate? {
    guard case .send(let update) = decision(change, updates, field: field) else { return nil }
    return update
  }

  private func code(_ decision: RDUpdateDecision) -> String? {
    switch decision {
    case .none(let reason), .refuse(let reason): reason.code
    case .send: nil
    }
  }

  private func closed(
    _ status: OpportunityState.Status,
    value: String? = nil,
    reason: String? = nil,
    earlierLoss: RDUpdateDecision.EarlierLoss = .never
  ) -> RDUpdateDecision.Change {
    .closed(
      OpportunityState(
        status: status,
        stage: "Novo",
        value: value,
        lossReason: reason,
        tags: [],
        version: 2
      ),
      earlierLoss: earlierLoss
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

  @Test(.behaviour("B131"))
  func `an open opportunity that was brought up to date is one conversion and nothing else`() {
    #expect(update(.revised) == RDUpdate(events: [.conversion(.evolved)]))
    #expect(code(decision(.revised, RDUpdates(standardConversions: false))) == "nothing_to_tell")
  }

  @Test func `a lead that came by its mark is not marked again`() {
    let events = update(.created(byMark: true, firstImport: true))?.events
    #expect(events?.contains(.opportunity) == false)
  }

  @Test(.behaviour("B107", "B108", "B109", "B118", "B119", "B133", "B134"))
  func `a won opportunity is a sale with its value, and the lead a client`() {
    let won = update(closed(.won, value: "1234.50"))
    #expect(won?.events == [.conversion(.sale), .sale(value: "1234.50")])
    #expect(won?.lifecycleStage == .client)
  }

  @Test(.behaviour("B109", "B114", "B120", "B121"))
  func `a lost opportunity is a loss with its reason, also in the field that the settings name`() {
    let lost = update(closed(.lost, reason: "Preço"), field: "Motivo de perda no CRM")
    #expect(lost?.events == [.lost(reason: "Preço")])
    #expect(lost?.field == FieldValue(name: "Motivo de perda no CRM", value: "Preço"))
    #expect(RDFieldName.identifier(of: "Motivo de perda no CRM") == "cf_motivo_de_perda_no_crm")
  }

  @Test func `what is open again after a loss gets its mark back, and the reason is emptied`() {
    let field = "Motivo de perda no CRM"
    let emptied = FieldValue(name: field, values: [])
    let open = closed(.open, earlierLoss: .ofThis)
    #expect(update(open, field: field) == RDUpdate(events: [.opportunity], field: emptied))
    #expect(update(open) == RDUpdate(events: [.opportunity]))
    // Without outcomes RD Station was told of no loss, and took no mark away.
    for updates in [RDUpdates(opportunityMark: false), RDUpdates(outcomes: false)] {
      #expect(update(open, updates, field: field) == RDUpdate(field: emptied))
      #expect(code(decision(open, updates)) == "opportunity_still_open")
    }
    #expect(code(decision(closed(.open, earlierLoss: .ofAnother), field: field)) != nil)
  }

  @Test func `a sale leaves no reason of a loss, and has the mark that its own loss took away`() {
    let field = "Motivo de perda no CRM"
    let emptied = FieldValue(name: field, values: [])
    let afterLoss = update(closed(.won, value: "1", earlierLoss: .ofThis), field: field)
    #expect(afterLoss?.events == [.conversion(.sale), .opportunity, .sale(value: "1")])
    #expect(afterLoss?.field == emptied)
    let afterAnother = update(closed(.won, value: "1", earlierLoss: .ofAnother), field: field)
    #expect(afterAnother?.events == [.conversion(.sale), .sale(value: "1")])
    #expect(afterAnother?.field == emptied)
    #expect(update(closed(.won, value: "1"), field: field)?.field == nil)
  }

  @Test func `a client by a sale is a conversion; the stage is told with the sale`() {
    #expect(
      update(.converted(.client, bySale: true)) == RDUpdate(events: [.conversion(.client)])
    )
    #expect(update(.converted(.prospect, bySale: true))?.lifecycleStage == .qualifiedLead)
    #expect(
      code(decision(.converted(.client, bySale: true), RDUpdates(standardConversions: false)))
        == "nothing_to_tell"
    )
  }

  @Test func `a field that is emptied is read back as it was written, and told`() throws {
    let update = RDUpdate(field: FieldValue(name: "Motivo", values: []))
    #expect(RDUpdate(json: try JSON(parsing: update.json.encoded)) == update)
    #expect(update.words == "field “Motivo” emptied")
  }

  @Test(.behaviour("B133"))
  func `a loss is told by the conversion of a sale only when the settings ask for it`() {
    let any = RDUpdates(saleConversionOnAnyClose: true)
    #expect(
      update(closed(.lost, reason: "Preço"), any)?.events
        == [.conversion(.sale), .lost(reason: "Preço")]
    )
    #expect(
      update(closed(.lost), RDUpdates(standardConversions: false, saleConversionOnAnyClose: true))?
        .events == [.lost(reason: nil)]
    )
    #expect(update(closed(.open), any) == nil)
  }

  @Test(.behaviour("B046"))
  func `of an opportunity RD Station hears at creation, win and loss, and of no move in between`() {
    #expect(update(.created(byMark: false, firstImport: true)) != nil)
    #expect(update(closed(.won, value: "1")) != nil)
    #expect(update(closed(.lost)) != nil)
    #expect(code(decision(closed(.open))) == "opportunity_still_open")
  }

  @Test(
    .behaviour("B104", "B105", "B106", "B107", "B128", "B129", "B134"),
    arguments: [
      (.lead, nil, .lead),
      (.prospect, "Cadastro Convertido em Prospect no CRM", .qualifiedLead),
      (.client, "Cadastro Convertido em Cliente no CRM", .client),
      (.disqualified, nil, .lead),
    ] as [(ContactStanding, String?, LifecycleStage)]
  )
  func `what a contact becomes decides its conversion and its stage`(
    standing: ContactStanding,
    conversion: String?,
    stage: LifecycleStage
  ) {
    let told = update(.converted(standing))
    #expect(
      told?.events.map { event -> String? in
        guard case .conversion(let conversion) = event else { return nil }
        return conversion.rawValue
      } == [conversion].compactMap(\.self)
    )
    #expect(told?.lifecycleStage == stage)
  }

  @Test func `the settings switch the conversion and the stage of a contact off by themselves`() {
    let stageOnly = update(.converted(.prospect), RDUpdates(standardConversions: false))
    #expect(stageOnly == RDUpdate(lifecycleStage: .qualifiedLead))
    let conversionOnly = update(.converted(.prospect), RDUpdates(lifecycleStage: false))
    #expect(conversionOnly == RDUpdate(events: [.conversion(.prospect)]))
    #expect(update(.converted(.disqualified), RDUpdates(lifecycleStage: false)) == nil)
  }

  @Test(.behaviour("B135"))
  func `the tags of the settings go with whatever is told`() {
    let updates = RDUpdates(tags: ["CRM", "esteira"])
    #expect(update(.revised, updates)?.tags == ["CRM", "esteira"])
    #expect(update(.converted(.client), updates)?.tags == ["CRM", "esteira"])
    #expect(update(.revised)?.tags == [])
  }

  @Test(
    .behaviour("B198", "B199"),
    arguments: [
      ("99999999.00", nil), ("99999999", nil), ("099999999.0", nil), ("99999998.99", nil),
      ("0.01", nil), ("99999999.01", "sale_value_over_limit"),
      ("99999999.000000000000000001", "sale_value_over_limit"),
      ("100000000", "sale_value_over_limit"), ("100000000.00", "sale_value_over_limit"),
      ("999999999999.99", "sale_value_over_limit"), ("1.234,50", "sale_value_invalid"),
      ("-1", "sale_value_invalid"), ("", "sale_value_invalid"), ("1e3", "sale_value_invalid"),
    ] as [(String, String?)]
  )
  func `a value above the limit is refused before any call`(value: String, refusal: String?) {
    let decision = decision(closed(.won, value: value))
    if let refusal {
      guard case .refuse(let reason) = decision else {
        Issue.record("\(value) was not refused")
        return
      }
      #expect(reason.code == refusal)
    } else {
      #expect(update(closed(.won, value: value))?.events.last == .sale(value: value))
    }
  }

  @Test func `the value of a loss is nobody's limit`() {
    #expect(update(closed(.lost, value: "999999999999.99")) != nil)
  }

  @Test(.behaviour("B110", "B111"), arguments: [nil, "", "sem-arroba", "ana@"])
  func `without a valid e-mail nothing is sent`(email: String?) {
    let created = RDUpdateDecision.Change.created(byMark: false, firstImport: true)
    #expect(code(decision(created, emails: [email])) == "no_valid_email")
    #expect(code(decision(.converted(.client), emails: [])) == "no_valid_email")
    // One of the contact's leads that can be told is enough.
    #expect(code(decision(.converted(.client), emails: [email, "ana@exemplo.com.br"])) == nil)
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
      tags: ["crm"],
      lifecycleStage: .client,
      field: FieldValue(name: "Motivo", value: "Preço")
    )
    #expect(RDUpdate(json: try JSON(parsing: update.json.encoded)) == update)
  }

  @Test func `an intent of the program before this one has no tags`() throws {
    let text = #"{"events":["opportunity"],"lifecycle_stage":null,"field":null}"#
    #expect(
      RDUpdate(json: try JSON(parsing: Array(text.utf8))) == RDUpdate(events: [.opportunity])
    )
  }
}
