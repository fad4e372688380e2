@testable import BeltStorage
import TestKit
import Testing
import Belt

@testable import Operations
@testable import Operator
@testable import CommandLineInterface

@Suite struct JourneyTextTests {
  private let id = Identifier(high: 1, low: 2)

  private func journey(
    kind: String? = "conversion",
    state: String = "accepted",
    reason: String? = nil,
    lines: [LeadJourney.Line] = [],
    name: String? = "Ana Souza",
    email: String? = "ana@example.com",
    opportunity: LeadJourney.Opportunity? = nil,
    told: [String] = [],
    onItsWay: [String] = [],
    unsettled: [LeadJourney.Unsettled] = [],
    held: Reason? = nil,
    deadLetters: [DeadLetter] = []
  ) -> LeadJourney {
    LeadJourney(
      integration: "acme",
      id: id,
      arrivedAt: "2026-03-02T12:00:00.500Z",
      arrivalState: state,
      arrivalReason: reason,
      kind: kind,
      identifier: kind == "conversion" ? "orcamento" : nil,
      origin: kind == nil ? nil : "google / cpc",
      lead: kind == nil ? nil : id,
      name: kind == nil ? nil : name,
      email: kind == nil ? nil : email,
      phone: kind == nil ? nil : "+5511998765432",
      lines: lines,
      opportunity: opportunity,
      told: told,
      onItsWay: onItsWay,
      unsettled: unsettled,
      held: held,
      deadLetters: deadLetters
    )
  }

  @Test(.behaviour("B221"))
  func `a journey of a held lead says what it waits for and what to do`() {
    let text = JourneyText.text(of: [
      journey(lines: [], held: Reason("field_value_held", "The field “uf” has no option “XX”."))
    ])
    #expect(
      text.hasSuffix(
        "Waits until the settings change (field_value_held): The field “uf” has no option “XX”. "
          + "Change them, then: esteira apply -f FILE"
      )
    )
  }

  @Test(.behaviour("B221")) func `a journey reads as sentences in order`() {
    let text = JourneyText.text(of: [
      journey(
        lines: [
          .init(
            at: "2026-03-02T12:00:01.000Z",
            stage: "lead-importer",
            code: "imported",
            sentence: "The lead converted on “orcamento” and was imported for the first time.",
            configVersion: 3
          ),
          .init(
            at: "2026-03-02T12:00:01.100Z",
            stage: "centralizer",
            code: "centralized",
            sentence: "The contact is new; the company is new.",
            configVersion: nil
          ),
        ],
        opportunity: .init(
          id: id,
          pipeline: "Vendas",
          stage: "Novo",
          owner: "ana@acme.example",
          status: "open"
        ),
        onItsWay: ["rd-updater", "tag-sync"],
        unsettled: [
          .init(kind: "rd.events", state: "unknown", reason: "rd_outcome_unknown", what: "sale")
        ]
      )
    ])
    #expect(
      text == """
        2026-03-02T12:00:00.500Z  acme: conversion “orcamento” from google / cpc
          Ana Souza <ana@example.com> lead 00000000-0000-0001-0000-000000000002
          12:00:01.000  lead-importer  The lead converted on “orcamento” and was imported for the first time. [imported, settings version 3]
          12:00:01.100  centralizer    The contact is new; the company is new. [centralized]
          Opportunity 00000000-0000-0001-0000-000000000002: “Vendas”, stage “Novo”, ana@acme.example; status in the CRM: open.
          It is not known yet whether RD Station was told: sale; it is looked for. Why: rd_outcome_unknown.
          Still on its way: rd-updater, tag-sync.
        """
    )
  }

  private static func line(_ stage: String, _ code: String, _ sentence: String, at second: Int = 1)
    -> LeadJourney.Line
  {
    .init(
      at: "2026-03-02T12:00:0\(second).000Z",
      stage: stage,
      code: code,
      sentence: sentence,
      configVersion: nil
    )
  }

  struct Telling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var status: String? = "open"
    var told: [String] = []
    var line: (code: String, sentence: String)?
    var onItsWay: [String] = []
    var unsettled: [LeadJourney.Unsettled] = []
    let says: [String]
  }

  @Test(arguments: [
    Telling(
      testDescription: "it was told",
      status: "won",
      told: ["opportunity mark", "sale of 10.00", "opportunity mark"],
      says: [
        "; status in the CRM: won.",
        "RD Station was told: opportunity mark (2 times), sale of 10.00.",
      ]
    ),
    Telling(
      testDescription: "the login is dead",
      line: ("rd_login_expired", "RD Station: the login was revoked."),
      unsettled: [
        .init(kind: "rd.events", state: "failed", reason: "rd_login_expired", what: "mark")
      ],
      says: [
        "; status in the CRM: open.",
        "RD Station was not told: mark. Why: RD Station: the login was revoked.",
      ]
    ),
    Telling(
      testDescription: "the lead has no e-mail",
      line: ("no_valid_email", "This lead has no valid e-mail."),
      says: [
        "; status in the CRM: open.",
        "RD Station was told nothing. Why: This lead has no valid e-mail.",
      ]
    ),
    Telling(
      testDescription: "the updater has not come to it",
      onItsWay: ["rd-updater"],
      says: ["; status in the CRM: open.", "RD Station was told nothing yet."]
    ),
    Telling(
      testDescription: "the CRM did not answer",
      status: nil,
      unsettled: [.init(kind: "crm.opportunity.create", state: "sent", reason: nil, what: nil)],
      says: [
        "; not in the CRM yet.", "It is not known yet whether the CRM made the opportunity.",
        "RD Station was told nothing.",
      ]
    ),
    Telling(
      testDescription: "a person has to look",
      told: ["conversion “x”"],
      unsettled: [.init(kind: "rd.events", state: "parked", reason: nil, what: "sale")],
      says: [
        "; status in the CRM: open.", "RD Station was told: conversion “x”.",
        "Nobody can tell from here whether RD Station was told: sale; look at the lead there.",
      ]
    ),
  ])
  func `what RD Station was told is said only when it was, and otherwise why not`(
    _ telling: Telling
  ) {
    let text = JourneyText.text(of: [
      journey(
        lines: telling.line.map { [Self.line("rd-updater", $0.code, $0.sentence)] } ?? [],
        opportunity: .init(
          id: id,
          pipeline: "Vendas",
          stage: "Novo",
          owner: "ana@acme.example",
          status: telling.status
        ),
        told: telling.told,
        onItsWay: telling.onItsWay,
        unsettled: telling.unsettled
      )
    ])
    for sentence in telling.says { #expect(text.contains(sentence)) }
    #expect(text.contains("\n  RD Station was told: ") != telling.told.isEmpty)
    #expect(!text.contains("Outside call"))
  }

  @Test func `what a stage says again in the same words stands there once, with how often`() {
    let agree = "Both sides hold the same tags."
    let text = JourneyText.text(of: [
      journey(lines: [
        Self.line("tag-sync", "tags_agree", agree, at: 1),
        Self.line("tag-sync", "tags_merged", "The tags were merged.", at: 2),
        Self.line("tag-sync", "tags_agree", agree, at: 3),
        Self.line("tag-sync", "tags_agree", agree, at: 4),
      ])
    ])
    #expect(
      text.hasSuffix(
        """
          12:00:01.000  tag-sync  Both sides hold the same tags. (3 times, last at 12:00:04.000) [tags_agree]
          12:00:02.000  tag-sync  The tags were merged. [tags_merged]
        """
      )
    )
  }

  @Test func `a lead without a name is called by its e-mail, and without that by its phone`() {
    let email = JourneyText.text(of: [journey(name: nil)])
    #expect(email.hasSuffix("\n  <ana@example.com> lead \(id)"))
    let phone = JourneyText.text(of: [journey(name: nil, email: nil)])
    #expect(phone.hasSuffix("\n  +5511998765432 lead \(id)"))
  }

  private func letter(_ state: DeadLetter.State, discardReason: String? = nil) -> DeadLetter {
    DeadLetter(
      message: Message(
        id: id,
        type: "lead.centralized.v1",
        stage: "opportunity-creator",
        integration: "acme",
        journey: id,
        body: []
      ),
      reason: Reason("owner_missing", "There is nobody to own it."),
      attempts: 1,
      firstAt: "2026-03-02T12:00:02Z",
      lastAt: "2026-03-02T12:00:02Z",
      state: state,
      bodySHA256: "0a",
      editedAt: nil,
      discardReason: discardReason
    )
  }

  @Test(.behaviour("B221")) func `a dead letter says why, and how to send it again`() {
    let text = JourneyText.text(of: [
      journey(
        kind: "opportunity_mark",
        onItsWay: ["opportunity-creator"],
        deadLetters: [letter(.open)]
      )
    ])
    #expect(
      text == """
        2026-03-02T12:00:00.500Z  acme: opportunity mark from google / cpc
          Ana Souza <ana@example.com> lead 00000000-0000-0001-0000-000000000002
          Given up at opportunity-creator after 1 attempt (owner_missing): There is nobody to own it. Send it again: esteira dead-letters retry 00000000-0000-0001-0000-000000000002
        """
    )
  }

  @Test func `a discarded one is not on its way any more, and says why`() {
    let text = JourneyText.text(of: [
      journey(
        kind: "opportunity_mark",
        onItsWay: ["opportunity-creator"],
        deadLetters: [letter(.discarded, discardReason: "a test lead")]
      )
    ])
    #expect(!text.contains("on its way"))
    #expect(text.hasSuffix("Discarded at opportunity-creator (owner_missing): a test lead."))
  }

  @Test(.behaviour("B221")) func `an event that was kept out has a heading of its own`() {
    let text = JourneyText.text(of: [
      journey(kind: nil, state: "ignored", reason: "email_domain_ignored"),
      journey(kind: "opportunity_mark"),
    ])
    #expect(
      text == """
        2026-03-02T12:00:00.500Z  acme: event that was kept out (email_domain_ignored)
          no lead was stored

        2026-03-02T12:00:00.500Z  acme: opportunity mark from google / cpc
          Ana Souza <ana@example.com> lead 00000000-0000-0001-0000-000000000002
        """
    )
  }
}
