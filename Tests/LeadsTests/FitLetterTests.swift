import Leads
import StrictJSON
import TestKit
import Testing
import Belt

/// The newer body's number for the profile, in place of a letter.
struct FitLetterTests {
  private func event(fit: JSON, _ settings: Settings? = nil) throws -> LeadEvent {
    try RDWebhookBody.items(
      of: Bodies.current { $0["funnel"] = ["fit": fit] },
      in: "acme",
      trigger: nil
    )[0]
    .get().understood(in: settings)
  }

  @Test(
    arguments: [
      (100, "A"), (75, "A"), (74, "B"), (50, "B"), (49, "C"), ("25", "C"), (24, "D"), (0, "D"),
      (.null, nil), ("alto", nil),
    ] as [(JSON, String?)]
  )
  func `a number is read as a letter, and the journey says by which table`(
    fit: JSON,
    letter: String?
  ) throws {
    let event = try event(fit: fit)
    #expect(event.lead.fitLetter == letter)
    #expect(
      event.notes.contains { $0.contains("A from 75, B from 50, C from 25") } == (letter != nil)
    )
  }

  @Test func `the settings say where the letters begin`() throws {
    let settings = Settings.sample { $0.reading.fitLetters = FitLetters(a: 90, b: 80, c: 70) }
    let event = try event(fit: 85, settings)
    #expect(event.lead.fitLetter == "B")
    #expect(event.notes.first?.hasSuffix("C from 70, as the settings say.") == true)
  }

  @Test func `a rule of letters lets the newer body in`() throws {
    let rules = ImportRules(leadScoring: ["A", "B"])
    #expect(rules.refusal(of: try event(fit: 72)) == nil)
    #expect(rules.refusal(of: try event(fit: 10))?.code == "lead_scoring_not_listed")
    #expect(rules.refusal(of: try event(fit: .null))?.code == "lead_scoring_missing")
  }

  @Test func `a letter that was read replaces none of the same event's other form, and is no news`()
    throws
  {
    let legacy = try Bodies.event(Bodies.legacy(fitScore: "a"))
    let current = try event(fit: 10)
    var known = ImportKnowledge(events: [], leads: [])
    _ = known.decide(legacy, in: "acme", rules: ImportRules())
    let told = known.recognised(current, in: "acme")
    #expect(told.isToldAgain && told.lead.fitLetter == "A")
    guard case .renew(let fields) = known.decide(told, in: "acme", rules: ImportRules()) else {
      Issue.record("it says something newer besides")
      return
    }
    #expect(!fields.contains("fit_letter"))
    // RD's own replaces one that was read, and what a new event says is newer.
    var other = ImportKnowledge(events: [], leads: [])
    _ = other.decide(current, in: "acme", rules: ImportRules())
    #expect(other.recognised(legacy, in: "acme").lead.fitLetter == "A")
    var next = current.elsewhere(under: "next", at: nil)
    next.isLetterRead = true
    #expect(known.recognised(next, in: "acme").lead.fitLetter == "D")
  }

  @Test func `RD's own letter is not read again`() throws {
    let event = try Bodies.event(Bodies.legacy(fitScore: "d"))
    #expect(event.lead.fitLetter == "D")
    #expect(event.notes.allSatisfy { !$0.contains("fit") })
  }
}
