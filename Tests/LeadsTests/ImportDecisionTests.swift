import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct ImportDecisionTests {
  private func code(_ body: JSON, _ rules: ImportRules) throws -> String? {
    rules.refusal(of: try Bodies.event(body))?.code
  }

  @Test(.behaviour("B006", "B013"))
  func `with every rule empty everything enters`() throws {
    #expect(try code(Bodies.legacy(jobTitle: nil, fitScore: nil), ImportRules()) == nil)
  }

  @Test(
    .behaviour("B008"),
    arguments: [
      (["pedido-de-orcamento"], nil), ([" Pedido-De-Orcamento "], nil),
      (["fale-conosco"], "conversion_not_listed"),
    ] as [([String], String?)]
  )
  func `only listed conversions enter`(listed: [String], code expected: String?) throws {
    #expect(try code(Bodies.legacy(), ImportRules(conversions: listed)) == expected)
  }

  @Test(
    arguments: [
      (["city", "opportunity", "interest", "fit_letter"], true, ["city"]),
      (["opportunity", "interest", "fit_letter"], true, nil), ([], true, nil),
      (["city"], false, nil),
    ] as [([String], Bool, [String]?)]
  )
  func `beside our own conversion what is newer of a known person is heard, and nothing else`(
    news: [String],
    isKnownLead: Bool,
    heard: [String]?
  ) throws {
    let body = Bodies.current(identifier: "Oportunidade gerada pelo CRM")
    let event = try Bodies.event(body)
    for rules in [ImportRules(), ImportRules(conversions: ["outra"])] {
      let decision = ImportDecision(
        for: event,
        rules: rules,
        isKnownEvent: false,
        isKnownLead: isKnownLead,
        news: news
      )
      guard case .hear(let reason, let fields) = decision else {
        #expect(heard == nil)
        guard case .ignore(let reason) = decision else {
          Issue.record("It entered.")
          return
        }
        #expect(reason.code == "own_conversion")
        continue
      }
      #expect(reason.code == "own_conversion" && fields == heard)
    }
  }

  @Test func `what a rule of the settings keeps out is not heard`() throws {
    let decision = ImportDecision(
      for: try Bodies.event(Bodies.current()),
      rules: ImportRules(conversions: ["outra"]),
      isKnownEvent: false,
      isKnownLead: true,
      news: ["city"]
    )
    guard case .ignore = decision else {
      Issue.record("It was heard.")
      return
    }
  }

  @Test(.behaviour("B017"))
  func `where only marks enter, a conversion stays out and a mark comes in`() throws {
    let rules = ImportRules(marksOnly: true)
    #expect(try code(Bodies.legacy(), rules) == "not_marked")
    #expect(try code(Bodies.current(type: "WEBHOOK.MARKED_OPPORTUNITY"), rules) == nil)
    #expect(CRMKind.allCases.filter(\.traits.takesMarksOnly) == [.datacrm])
  }

  @Test(.behaviour("B014"))
  func `every rule says what it thinks, also after one has refused`() throws {
    let rules = ImportRules(conversions: ["outra"], jobTitles: ["Diretor"], leadScoring: ["B"])
    let verdicts = rules.verdicts(on: try Bodies.event(Bodies.legacy(jobTitle: nil)))
    let words = verdicts.map { verdict in
      switch verdict.result {
      case .off: "\(verdict.rule) off"
      case .notConcerned: "\(verdict.rule) not concerned"
      case .passed: "\(verdict.rule) passed"
      case .refused(let reason): "\(verdict.rule) \(reason.code)"
      }
    }
    #expect(
      words == [
        "own_conversions passed", "crm_activity passed", "marks_only off",
        "conversions conversion_not_listed", "ignored_email_domains off",
        "job_titles job_title_missing", "lead_scoring passed",
      ]
    )
  }

  @Test(.behaviour("B008"))
  func `the list of conversions does not concern an opportunity mark`() throws {
    let mark = Bodies.current(type: "WEBHOOK.MARKED_OPPORTUNITY")
    #expect(try code(mark, ImportRules(conversions: ["fale-conosco"])) == nil)
  }

  @Test(
    .behaviour("B009"),
    arguments: [
      ("ana@concorrente.com.br", "email_domain_ignored"),
      ("ana@VENDAS.Concorrente.com.br", "email_domain_ignored"),
      ("ana@naoconcorrente.com.br", nil), ("ana@exemplo.com.br", nil), (nil, nil),
    ] as [(String?, String?)]
  )
  func `an ignored domain covers itself and what is under it`(
    email: String?,
    code expected: String?
  ) throws {
    let rules = ImportRules(ignoredEmailDomains: ["@concorrente.com.br"])
    #expect(try code(Bodies.legacy(email: .optional(email)), rules) == expected)
  }

  @Test(
    .behaviour("B010", "B011"),
    arguments: [
      ("Diretor", nil), ("  diretor ", nil), ("DIRETOR", nil),
      ("Diretora", "job_title_not_listed"), ("Dirêtor", "job_title_not_listed"),
      (nil, "job_title_missing"),
    ] as [(String?, String?)]
  )
  func `job titles are compared whole, without case`(title: String?, code expected: String?) throws
  {
    let body = Bodies.legacy(jobTitle: .optional(title))
    #expect(try code(body, ImportRules(jobTitles: ["Diretor"])) == expected)
  }

  @Test(
    .behaviour("B012"),
    arguments: [
      ("a", nil), ("B", nil), ("c", "lead_scoring_not_listed"), ("d", "lead_scoring_not_listed"),
      (nil, "lead_scoring_missing"),
    ] as [(String?, String?)]
  )
  func `only the selected profile letters enter`(letter: String?, code expected: String?) throws {
    let body = Bodies.legacy(fitScore: .optional(letter))
    #expect(try code(body, ImportRules(leadScoring: ["A", "B"])) == expected)
  }

  @Test(.behaviour("B014"))
  func `a lead must pass every rule that is not empty`() throws {
    let rules = ImportRules(conversions: ["pedido-de-orcamento"], jobTitles: ["Diretor"])
    #expect(try code(Bodies.legacy(), rules) == "job_title_not_listed")
  }

  @Test(arguments: StandardConversion.allCases)
  func `our own conversions never come back as leads, whatever the lists say`(
    conversion: StandardConversion
  ) throws {
    let rules = ImportRules(conversions: [conversion.rawValue])
    let body = Bodies.legacy(conversion: conversion.rawValue)
    #expect(try code(body, rules) == "own_conversion")
  }

  @Test(.behaviour("B059"))
  func `the first import and later ones are told apart`() throws {
    let event = try Bodies.event(Bodies.legacy())
    func decision(known: Bool) -> ImportDecision {
      ImportDecision(for: event, rules: ImportRules(), isKnownEvent: false, isKnownLead: known)
    }
    #expect(decision(known: false) == .accept(first: true))
    #expect(decision(known: true) == .accept(first: false))
  }

  @Test func `an event that is known is a duplicate before any rule is asked`() throws {
    let decision = ImportDecision(
      for: try Bodies.event(Bodies.legacy()),
      rules: ImportRules(conversions: ["fale-conosco"]),
      isKnownEvent: true,
      isKnownLead: true
    )
    #expect(decision == .duplicate)
  }

  @Test func `the second of two equal events in one batch is a duplicate`() throws {
    var known = ImportKnowledge(events: [], leads: [])
    let event = try Bodies.event(Bodies.legacy())
    #expect(known.decide(event, in: "acme", rules: ImportRules()) == .accept(first: true))
    #expect(known.decide(event, in: "acme", rules: ImportRules()) == .duplicate)
    #expect(known.decide(event, in: "other", rules: ImportRules()) == .accept(first: true))
  }
}
