import Belt
import EmbeddedCRM
import Leads
import Samples
import StrictJSON
import Testing
import WorkQueues

@testable import Operations
import Postgres
import RabbitMQ

@Suite struct SalesTests {
  @Test(arguments: [
    ("0", true), ("1234.5", true), ("1234.50", true), ("999999999999.99", true),
    ("1000000000000", false), ("1.234", false), ("1,50", false), ("-1", false), (".5", false),
    ("1.", false), ("", false), ("１", false),
  ])
  func `an amount has up to twelve digits, a dot and up to two`(_ text: String, isAmount: Bool) {
    #expect(Sales.isAmount(text) == isAmount)
  }

  @Test func `an announcement is the CRM's webhook, with one id for each opportunity and version`()
  {
    func announced(_ version: Int) -> [Message] {
      Sales.announcement(
        of: .init(
          integration: "acme",
          journey: Identifier(high: 1, low: 1),
          opportunity: Identifier(high: 1, low: 2),
          state: OpportunityState(
            status: .won,
            stage: "Novo",
            value: nil,
            lossReason: nil,
            tags: [],
            version: version
          )
        )
      )
    }
    #expect(announced(2).map(\.id) == announced(2).map(\.id))
    #expect(Set((announced(2) + announced(3)).map(\.id)).count == 2)
    #expect(announced(2).map(\.stage) == ["rd-updater"])
    #expect(announced(2).map(\.type) == [CRMHookReceived.type])
  }

  @Test func `a sale that makes a client announces the contact to the RD updater too`() throws {
    let sale = Sales.Changed(
      integration: "acme",
      journey: Identifier(high: 1, low: 1),
      opportunity: Identifier(high: 1, low: 2),
      state: OpportunityState(
        status: .won,
        stage: "Novo",
        value: nil,
        lossReason: nil,
        tags: [],
        version: 2
      ),
      client: .init(contact: Identifier(high: 1, low: 3), version: 4)
    )
    let messages = Sales.announcement(of: sale)
    #expect(messages.map(\.stage) == ["rd-updater", "rd-updater"])
    let told = try messages[1].body(as: ContactChanged.self)
    #expect(told == ContactChanged(contact: Identifier(high: 1, low: 3), version: 4))
    // Another sale to the same client announces the same.
    var other = sale
    other.client = .init(contact: Identifier(high: 1, low: 3), version: 5)
    #expect(Sales.announcement(of: sale)[1].id == messages[1].id)
    #expect(Sales.announcement(of: other)[1].id != messages[1].id)
  }

  @Test func `a change that cannot be announced is saved, and may be announced again`() async throws
  {
    let changed = Sales.Changed(
      integration: "acme",
      journey: Identifier(high: 1, low: 1),
      opportunity: Identifier(high: 1, low: 2),
      state: OpportunityState(
        status: .lost,
        stage: "Novo",
        value: nil,
        lossReason: "Preço",
        tags: ["feira"],
        version: 3
      )
    )
    let pool = try await migratedPool()
    let refusal = await #expect(throws: Refusal.self) {
      try await Sales(pool: pool).announce([changed]) { messages in
        #expect(messages.count == 1)
        throw BrokerFailure(.brokerBlocked, exchange: "x", routingKey: "y")
      }
    }
    #expect(refusal?.kind == .unavailable && refusal?.code == "change_not_announced")
    #expect(refusal?.text.hasSuffix("Run the same command again.") == true)
    #expect(
      changed.json == [
        "opportunity": .string("\(changed.opportunity)"), "status": "lost", "stage": "Novo",
        "value": .null, "loss_reason": "Preço", "tags": ["feira"], "version": 3,
      ]
    )
    await pool.shutdown()
  }
}
