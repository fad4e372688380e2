import LabBooks
import Testing

@testable import Lab

@Suite struct SellerPlanTests {
  private static func opportunities(_ count: Int) -> [CRMHoldings.Opportunity] {
    (0..<count).map {
      .init(
        id: "\($0)",
        email: "p\($0)@exemplo.com.br",
        pipeline: "Vendas",
        stage: "Novo",
        tags: []
      )
    }
  }

  @Test func `of twenty opportunities some are won, lost, opened again and tagged`() {
    let rounds = SellerPlan(Self.opportunities(20)).rounds
    var sold = PeopleSold()
    for step in rounds.joined() { sold.count(step.act, of: step.opportunity.email) }
    #expect(sold.won.count == 2)
    #expect(sold.lost.count == 2)
    #expect(sold.reopened == ["p2@exemplo.com.br": 1])
    #expect(sold.tagged["p3@exemplo.com.br"] == [SellerPlan.tag])
  }

  @Test func `what is opened again was lost in the round before`() {
    let rounds = SellerPlan(Self.opportunities(3)).rounds
    #expect(rounds.map(\.count) == [3, 1])
    #expect(rounds[1][0].act == .reopen)
    #expect(rounds[0].contains { $0.opportunity == rounds[1][0].opportunity })
  }

  @Test func `without opportunities nobody sells`() {
    #expect(SellerPlan([]).rounds == [])
  }
}
