import LabBooks

/// What a seller does with a demo's opportunities: each round is done when RD Station was told of the one
/// before.
struct SellerPlan: Sendable, Hashable {
  struct Step: Sendable, Hashable {
    let act: SellerAct
    let opportunity: CRMHoldings.Opportunity
  }

  static let tag = "negociado"

  let rounds: [[Step]]

  /// Of twenty opportunities two are won, one is lost, one is lost and opened again, and two get a tag; of
  /// fewer, those that come first.
  init(_ opportunities: [CRMHoldings.Opportunity]) {
    var first: [Step] = []
    var second: [Step] = []
    for (place, opportunity) in opportunities.enumerated() {
      func step(_ act: SellerAct) -> Step { Step(act: act, opportunity: opportunity) }
      switch place % 20 {
      case 0, 10: first.append(step(.win(value: "\(1_000 + place % 50 * 150).50")))
      case 1: first.append(step(.lose(reason: "Preço")))
      case 2:
        first.append(step(.lose(reason: "Preço")))
        second.append(step(.reopen))
      case 3, 13: first.append(step(.tag(Self.tag)))
      default: continue
      }
    }
    rounds = [first, second].filter { !$0.isEmpty }
  }
}
