import ArgumentParser
import Belt
import BeltStorage
import Leads
import StrictJSON

struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what happened to a lead, and why; or what would happen to a webhook body.",
    discussion: """
      Shows personal data: it is for the operator's eyes. With --dry-run the argument is a file with \
      a webhook body of RD Station; it is decided by the settings in force, or by those of \
      --settings, with what the database knows of its leads, and nothing is changed anywhere.

      Examples:
        esteira explain ana@exemplo.com.br
        esteira explain '+55 11 99876-5432' --integration acme
        esteira explain --dry-run body.json --integration acme
      """
  )

  @Argument(
    help: "E-mail address, mobile number, tax id, or an id of ours or of RD Station; or a file."
  )
  var lead: String

  @OptionGroup var chosen: IntegrationOption

  @Flag(help: "Rehearse the body in the file (- reads the standard input); needs --integration.")
  var dryRun = false

  @Option(help: "With --dry-run: a settings document to decide by.")
  var settings: String?

  @Option(help: "With --dry-run: conversion or opportunity, as the hook's address says it.")
  var trigger: String?

  @Option(help: "At most so many events, the newest, 1 to 10000.")
  var limit = 50

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000") }
    if dryRun, chosen.integration == nil {
      throw ValidationError("--dry-run needs --integration NAME")
    }
    if !dryRun, settings != nil || trigger != nil {
      throw ValidationError("--settings and --trigger go with --dry-run")
    }
    if let trigger, !["conversion", "opportunity"].contains(trigger) {
      throw ValidationError("--trigger is conversion or opportunity")
    }
  }

  func run() async throws {
    if dryRun {
      try await rehearse()
      return
    }
    guard JourneyReader.isSearched(lead) else { throw UnknownLead.notSearched(lead) }
    try await FleetAccess.open { access in
      try await access.check(chosen.integration)
      let journeys = try await JourneyReader(pool: access.pool)
        .journeys(of: lead, in: chosen.integration, limit: limit)
      guard !journeys.isEmpty else {
        throw try await UnknownLead(lead, in: chosen.integration, access).refusal
      }
      output.json
        ? Terminal.say(JSON.array(journeys.map(\.json)))
        : Terminal.say(JourneyText.text(of: journeys))
    }
  }

  private func rehearse() async throws {
    let body = try InputFile.read(lead)
    try await FleetAccess.open { access in
      let settings = try await RehearsalSettings.load(
        settings,
        of: chosen.integration ?? "",
        access
      )
      let content = WebhookContent(
        body: body,
        integration: settings.integration,
        trigger: trigger.flatMap { HookTrigger(rawValue: $0) }
      )
      var state = try await RehearsalReader(pool: access.pool).state(for: content.events, settings)
      let rehearsals = content.leads.map { lead in
        lead.item.map { state.rehearse($0) }
      }
      output.json
        ? Terminal.say(JSON.array(rehearsals.map(RehearsalText.json)))
        : Terminal.say(RehearsalText.text(of: rehearsals))
    }
  }
}
