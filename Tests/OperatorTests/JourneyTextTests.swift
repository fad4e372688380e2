@testable import LeadStorage
import TestKit
import Testing
import Workers

@testable import Operator

@Suite struct JourneyTextTests {
  private let id = Identifier(high: 1, low: 2)

  private func journey(
    kind: String? = "conversion",
    state: String = "accepted",
    reason: String? = nil,
    lines: [LeadJourney.Line] = [],
    opportunity: LeadJourney.Opportunity? = nil,
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
      name: kind == nil ? nil : "Ana Souza",
      email: kind == nil ? nil : "ana@example.com",
      lines: lines,
      opportunity: opportunity,
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
        unsettled: [.init(kind: "rd.events", state: "unknown", reason: "rd_outcome_unknown")]
      )
    ])
    #expect(
      text == """
        2026-03-02T12:00:00.500Z  acme: conversion “orcamento” from google / cpc
          Ana Souza <ana@example.com> lead 00000000-0000-0001-0000-000000000002
          12:00:01.000  lead-importer  The lead converted on “orcamento” and was imported for the first time. [imported, settings version 3]
          12:00:01.100  centralizer    The contact is new; the company is new. [centralized]
          Opportunity 00000000-0000-0001-0000-000000000002: “Vendas”, stage “Novo”, ana@acme.example; RD Station was told: open.
          Still on its way: rd-updater, tag-sync.
          Outside call rd.events is unknown (rd_outcome_unknown).
        """
    )
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
