import ArgumentParser
import Belt
import Operations
import SettingsDocument
import CommandLineInterface

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
    try ListLimit.check(limit, upTo: 10_000)
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
    // Before anything is opened.
    try Journeys.check(lead)
    try await Fleet.open { fleet in
      let journeys = try await fleet.explain(lead, in: chosen.integration, limit: limit)
      output.say(journeys.json, JourneyText.text(of: journeys))
    }
  }

  private func rehearse() async throws {
    let body = try InputFile.read(lead)
    try await Fleet.open { fleet in
      let rehearsals = Rehearsals(pool: fleet.pool)
      let settings = try await rehearsals.settings(
        of: chosen.integration ?? "",
        draft: try settings.map { try SettingsFile.document($0).settings },
        from: settings ?? ""
      )
      let found = try await rehearsals.rehearse(
        body,
        settings,
        trigger: trigger.flatMap { HookTrigger(rawValue: $0) }
      )
      output.say(found.json, RehearsalText.text(of: found))
    }
  }
}
