import Leads
import TestKit
import Testing
import Belt

struct RepeatTests {
  private enum Outcome: Equatable {
    case new, revised, none(String), wait
  }

  private func decide(
    _ onRepeat: Trigger.Repeat,
    oneOpenDeal: Bool = false,
    open: [OpenOpportunity]
  ) -> Outcome {
    let settings = Settings.sample {
      $0.triggers[0].onRepeat = onRepeat
      $0.oneOpenDealPerLead = oneOpenDeal
    }
    var rotations: [String: OwnerRotation] = [:]
    switch OpportunityDecision(
      for: .sample(open: open),
      settings: settings,
      rotations: &rotations
    ) {
    case .create: return .new
    case .revise: return .revised
    case .wait: return .wait
    case .none(let reason), .hold(let reason): return .none(reason.code)
    case .recordsOnly: return .none("records_only")
    }
  }

  private func open(in pipeline: String, record: CRMRecord? = CRMRecord(id: "7")) -> OpenOpportunity
  {
    OpenOpportunity(id: Identifier(derivedFrom: pipeline), record: record, pipeline: pipeline)
  }

  @Test(.behaviour("B045", "B058"))
  func `a repeated event makes a new opportunity unless the trigger says otherwise`() {
    #expect(
      Trigger.Repeat.new
        == Trigger(when: .anyConversion, owner: .everyone, pipeline: "", stage: "").onRepeat
    )
    #expect(decide(.new, open: [open(in: "Vendas")]) == .new)
  }

  @Test func `reuse brings the open opportunity of the same pipeline up to date`() {
    #expect(decide(.reuseOpen, open: []) == .new)
    #expect(decide(.reuseOpen, open: [open(in: "Vendas")]) == .revised)
    #expect(decide(.reuseOpen, open: [open(in: "Outro")]) == .new)
    #expect(decide(.reuseOpen, open: [open(in: "Outro"), open(in: "Vendas")]) == .revised)
  }

  @Test func `reuse waits for an open opportunity that the CRM does not have yet`() {
    #expect(decide(.reuseOpen, open: [open(in: "Vendas", record: nil)]) == .wait)
  }

  @Test func `only if closed makes none while any other is open`() {
    #expect(decide(.onlyIfClosed, open: []) == .new)
    #expect(decide(.onlyIfClosed, open: [open(in: "Outro")]) == .none("last_deal_open"))
  }

  @Test func `one open deal per lead suppresses the second while the first is open`() {
    #expect(decide(.new, oneOpenDeal: true, open: [open(in: "Outro")]) == .none("open_deal_exists"))
    #expect(decide(.new, oneOpenDeal: true, open: []) == .new)
    #expect(
      decide(.reuseOpen, oneOpenDeal: true, open: [open(in: "Outro")]) == .none("open_deal_exists")
    )
    #expect(decide(.reuseOpen, oneOpenDeal: true, open: [open(in: "Vendas")]) == .revised)
  }

  @Test func `an event that makes nothing leaves the rotation where it was`() {
    let settings = Settings.sample { $0.oneOpenDealPerLead = true }
    var rotations: [String: OwnerRotation] = [:]
    _ = OpportunityDecision(
      for: .sample(open: [open(in: "Vendas")]),
      settings: settings,
      rotations: &rotations
    )
    #expect(rotations.isEmpty)
  }
}
