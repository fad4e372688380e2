import Leads
import StrictJSON
import Testing
import Belt

struct MessageTests {
  private let message = Message(
    id: Identifier(derivedFrom: "m"),
    type: LeadImported.type,
    stage: Flow.centralizer.stage,
    integration: "acme",
    journey: Identifier(derivedFrom: "j"),
    body: LeadImported(lead: Identifier(derivedFrom: "l"), event: Identifier(derivedFrom: "e"))
      .json.encoded
  )

  @Test func `a body is read as what was written`() throws {
    #expect(try message.body(as: LeadImported.self).lead == Identifier(derivedFrom: "l"))
  }

  @Test func `a body of another type or shape is refused`() {
    #expect(throws: MessageFault.self) { try message.body(as: OpportunityCreated.self) }
    var broken = message
    broken.body = Array(#"{"lead":"7"}"#.utf8)
    #expect(throws: MessageFault.self) { try broken.body(as: LeadImported.self) }
  }

  @Test(arguments: [#"{"contact":"7","version":1}"#, #"{"version":1}"#])
  func `a contact that is no identifier is refused`(text: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    #expect(throws: MessageFault.self) { try ContactChanged(json: json) }
  }

  @Test func `a changed contact is read as what was written`() throws {
    let changed = ContactChanged(contact: .one, version: 3)
    #expect(try ContactChanged(json: try JSON(parsing: changed.json.encoded)) == changed)
    let broken = try JSON(parsing: Array(#"{"contact":"\#(Identifier.one)"}"#.utf8))
    #expect(throws: MessageFault.self) { try ContactChanged(json: broken) }
  }

  @Test func `what follows from a message has the same id each time, and another id each stage`() {
    let body = OpportunityCreated(opportunity: Identifier(derivedFrom: "o"))
    let first = message.following(to: .rdUpdater, body)
    #expect(first == message.following(to: .rdUpdater, body))
    #expect(first.id != message.following(to: .tagSync, body).id)
    #expect(first.id != message.following(to: .rdUpdater, body, part: "1").id)
    #expect(first.journey == message.journey)
  }

  @Test(
    arguments: [
      (LeadImported(lead: .one, event: .two).json, LeadImported.type),
      (LeadCentralized(lead: .one, event: .two).json, LeadCentralized.type),
      (LeadTagged(lead: .one).json, LeadTagged.type),
      (OpportunityCreated(opportunity: .one).json, OpportunityCreated.type),
      (OpportunityChanged(opportunity: .one, version: 3).json, OpportunityChanged.type),
      (OpportunityRevised(opportunity: .one, event: .two).json, OpportunityRevised.type),
      (ContactChanged(contact: .one, version: 3).json, ContactChanged.type),
    ]
  )
  func `the wire form of a kind and version never changes`(json: JSON, type: String) {
    let one = "00000000-0000-0001-0000-000000000001"
    let two = "00000000-0000-0002-0000-000000000002"
    let golden = [
      "lead.imported.v1": #"{"lead":"\#(one)","event":"\#(two)"}"#,
      "lead.centralized.v1": #"{"lead":"\#(one)","event":"\#(two)"}"#,
      "lead.tagged.v1": #"{"lead":"\#(one)"}"#,
      "opportunity.created.v1": #"{"opportunity":"\#(one)"}"#,
      "opportunity.changed.v1": #"{"opportunity":"\#(one)","version":3}"#,
      "opportunity.revised.v1": #"{"opportunity":"\#(one)","event":"\#(two)"}"#,
      "contact.changed.v1": #"{"contact":"\#(one)","version":3}"#,
    ]
    #expect(json.text == golden[type])
  }
}

extension Identifier {
  fileprivate static let one = Identifier(high: 1, low: 1)
  fileprivate static let two = Identifier(high: 2, low: 2)
}
