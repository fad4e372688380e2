import Leads
import SandboxLeads
import StrictJSON
import TestKit
import Testing
import Belt

struct RehearsalTests {
  private func rehearse(
    _ body: JSON,
    _ change: (inout Settings) -> Void = { _ in }
  ) throws -> Rehearsal {
    var state = RehearsalState(.sample(change))
    return state.rehearse(try Bodies.event(body))
  }

  @Test func `an accepted lead is explained rule by rule, trigger by trigger, field by field`()
    throws
  {
    let rehearsal = try rehearse(Bodies.legacy()) {
      $0.triggers = [
        Trigger(when: .opportunityMark, owner: .everyone, pipeline: "Vendas", stage: "Novo"),
        Trigger(
          when: .anyConversion,
          owner: .team("inbound-sp"),
          pipeline: "Vendas",
          stage: "Novo"
        ),
        Trigger(
          when: .conversion("pedido-de-orcamento"),
          owner: .everyone,
          pipeline: "Vendas",
          stage: "Novo"
        ),
      ]
      $0.importRules.jobTitles = ["diretora", "Diretor", "Gerente"]
      $0.fields = [FieldMapping(crm: "canal", rd: nil, fallback: "RD Station")]
    }
    let text = rehearsal.paragraphs.flatMap(\.sentences).joined(separator: "\n")
    #expect(
      rehearsal.outcome == .created || rehearsal.outcome == .ignored,
      "\(rehearsal.conclusion)"
    )
    #expect(text.contains("Rule conversions is off."))
    if rehearsal.outcome == .created {
      #expect(
        text.contains("Trigger 1 (opportunity mark) does not match: the event is a conversion")
      )
      #expect(text.contains("Trigger 2 (any conversion) matches and decides."))
      #expect(text.contains("would match too, but comes later."))
      #expect(text.contains("drawn from team:inbound-sp (bia@acme.com.br, caio@acme.com.br)"))
      #expect(text.contains("Field opportunity.canal gets “RD Station” by default."))
      #expect(text.contains("RD Station is told: conversion “Cadastro criado no CRM”"))
      #expect(rehearsal.conclusion.hasPrefix("Accepted: Trigger 2"))
    }
  }

  @Test func `a refused lead is explained by the rule that refuses it`() throws {
    let rehearsal = try rehearse(Bodies.legacy()) { $0.importRules.conversions = ["outra"] }
    #expect(rehearsal.outcome == .ignored)
    #expect(
      rehearsal.conclusion
        == "Refused: The conversion “pedido-de-orcamento” is not among the imported conversions. "
        + "Nothing is created, and RD Station is told nothing."
    )
  }

  @Test func `a held lead is explained by the field that holds it`() throws {
    let rehearsal = try rehearse(Bodies.legacy()) {
      $0.catalogue.fields = [.init(name: "segmento", type: .choice, options: ["Varejo"])]
      $0.fields = [
        FieldMapping(crm: "segmento", rd: "name", fallback: nil, onMismatch: .hold)
      ]
    }
    #expect(rehearsal.outcome == .held)
    #expect(rehearsal.conclusion.hasPrefix("Held: The field “segmento” has no option"))
    #expect(rehearsal.conclusion.hasSuffix("The lead waits until the settings change."))
  }

  @Test func `a comparison counts what would differ and shows examples`() throws {
    let present = Settings.sample()
    let draft = Settings.sample {
      $0.importRules.conversions = ["outra"]
    }
    var comparison = RehearsalComparison(present, draft, examples: 1)
    comparison.add(try Bodies.event(Bodies.legacy()))
    #expect(comparison.before == [.created: 1])
    #expect(comparison.after == [.ignored: 1])
    #expect(comparison.changed == [.outcome: 1])
    #expect(comparison.examples.count == 1)
  }

  @Test func `equal settings differ in nothing`() {
    var comparison = RehearsalComparison(Self.settings, Self.settings, examples: 10)
    for event in Self.events(leads: 200) { comparison.add(event) }
    #expect(comparison.events > 200)
    #expect(comparison.differing == 0)
  }

  /// Ten thousand generated leads of both bodies, marked and repeated, by settings that use every rule.
  @Test func `every outcome of ten thousand leads is explained, and replaying gives the same`()
    throws
  {
    let events = Self.events(leads: 10_000)
    var (first, second) = (RehearsalState(Self.settings), RehearsalState(Self.settings))
    var outcomes: [Rehearsal.Outcome: Int] = [:]
    for event in events {
      let rehearsal = first.rehearse(event)
      outcomes[rehearsal.outcome, default: 0] += 1
      try #require(rehearsal == second.rehearse(event), "seed 7: \(event.key)")
      try #require(rehearsal.reason.sentence.count > 10)
      try #require(rehearsal.conclusion.hasSuffix("."))
      try #require(rehearsal.paragraphs.allSatisfy { !$0.sentences.isEmpty })
      try #require(rehearsal.rules.count == 7)
      if let entered = rehearsal.entered {
        try #require(entered.triggers.filter(\.decides).count <= 1)
        try #require(entered.triggers.count == Self.settings.triggers.count)
      }
    }
    // The run is worth something only if leads meet all of them.
    for outcome in [Rehearsal.Outcome.created, .held, .ignored, .duplicate, .none, .revised] {
      #expect(outcomes[outcome, default: 0] > 50, "\(outcome): \(outcomes)")
    }
    #expect(events.count > 12_000)
  }

  private static let settings = Settings.sample {
    $0.importRules = ImportRules(
      conversions: [
        "fale-conosco", "pedido-de-orcamento", "guia-galvanizacao", "catalogo-de-produtos",
        "webinar-corrosao",
      ]
    )
    $0.triggers = [
      Trigger(
        when: .opportunityMark,
        owner: .leadOwner,
        pipeline: "Vendas",
        stage: "Proposta",
        qualificationFromScoring: true,
        onRepeat: .onlyIfClosed
      ),
      Trigger(
        when: .anyConversion,
        owner: .team("inbound-sp"),
        pipeline: "Vendas",
        stage: "Novo",
        onRepeat: .reuseOpen
      ),
    ]
    $0.catalogue.fields = [
      .init(name: "uf", type: .choice, options: ["SP", "MG", "PR", "RS", "SC"])
    ]
    $0.fields = [
      FieldMapping(crm: "uf", rd: "state", fallback: nil, onMismatch: .hold),
      FieldMapping(record: .contact, crm: "cargo", rd: "job_title", fallback: "–"),
    ]
  }

  private static func events(leads: Int) -> [LeadEvent] {
    let script = LeadScript(
      seed: 7,
      markPercent: 25,
      repeatPercent: 10,
      people: leads * 3 / 4
    )
    return (0..<leads).flatMap { index -> [LeadEvent] in
      let lead = script.lead(index)
      return (0...(lead.isRepeated ? 1 : 0)).flatMap { repetition in
        lead.deliveries.flatMap { delivery in
          WebhookContent(
            body: delivery.body(repetition: repetition),
            integration: "acme",
            trigger: nil
          ).events
        }
      }
    }
  }
}
