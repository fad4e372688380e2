import Leads
import TestKit
import Testing

struct TagPlanTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let base: [String]?
    let rd: [String]
    let crm: [String]
    let merged: [String]
  }

  @Test(
    .behaviour("B138", "B139"),
    arguments: [
      Case(testDescription: "nothing changed", base: ["a"], rd: ["a"], crm: ["a"], merged: ["a"]),
      Case(
        testDescription: "added at RD",
        base: ["a"],
        rd: ["a", "b"],
        crm: ["a"],
        merged: ["a", "b"]
      ),
      Case(
        testDescription: "added in the CRM",
        base: ["a"],
        rd: ["a"],
        crm: ["a", "c"],
        merged: ["a", "c"]
      ),
      Case(
        testDescription: "added on both",
        base: ["a"],
        rd: ["a", "b"],
        crm: ["a", "c"],
        merged: ["a", "b", "c"]
      ),
      Case(
        testDescription: "removed at RD",
        base: ["a", "b"],
        rd: ["a"],
        crm: ["a", "b"],
        merged: ["a"]
      ),
      Case(
        testDescription: "removed in the CRM",
        base: ["a", "b"],
        rd: ["a", "b"],
        crm: ["b"],
        merged: ["b"]
      ),
      Case(testDescription: "first time", base: nil, rd: ["a"], crm: ["b"], merged: ["a", "b"]),
      Case(
        testDescription: "capitals",
        base: nil,
        rd: ["a"],
        crm: ["A", " B "],
        merged: ["a", "b"]
      ),
      Case(testDescription: "all gone", base: ["a"], rd: [], crm: ["a"], merged: []),
    ]
  )
  func `additions of both sides stay and removals of either count`(example: Case) {
    let plan = TagPlan(base: example.base, rd: example.rd, crm: example.crm, direction: .both)
    #expect(plan.merged == example.merged)
  }

  @Test func `after a merge nothing is left to write`() {
    var generator = SeededGenerator(seed: 7)
    let tags = ["a", "b", "c", "d", "e"]
    for _ in 0..<500 {
      func some() -> [String] { tags.filter { _ in Bool.random(using: &generator) } }
      let plan = TagPlan(base: some(), rd: some(), crm: some(), direction: .both)
      let again = TagPlan(base: plan.merged, rd: plan.merged, crm: plan.merged, direction: .both)
      #expect(!again.changesCRM && !again.changesRD && again.merged == plan.merged)
    }
  }

  @Test func `a side that may not be written is left`() {
    let plan = TagPlan(base: [], rd: ["a"], crm: ["b"], direction: .toCRM)
    #expect(plan.changesCRM)
    #expect(!plan.changesRD)
  }
}
