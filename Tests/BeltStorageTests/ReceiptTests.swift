import StrictJSON
import Testing
import Belt

@testable import BeltStorage

struct ReceiptTests {
  private let message = Message(
    id: Identifier(derivedFrom: "message"),
    type: "webhook.received",
    stage: "lead-importer",
    integration: "acme",
    journey: Identifier(derivedFrom: "journey"),
    body: Array("{}".utf8),
    arrivedAt: 1_800_000_000_000,
    notes: ["trigger": "opportunity"]
  )

  @Test func `what follows is sent again as it was, with its notes`() throws {
    let again = try #require(Message(stored: message.stored))
    #expect(again == message)
  }

  @Test func `a receipt of before there were notes is read`() throws {
    var members = JSON.Members(message.stored.members ?? [])
    members["notes"] = nil
    let again = try #require(Message(stored: .object(members)))
    #expect(again.id == message.id && again.notes.isEmpty)
  }
}
