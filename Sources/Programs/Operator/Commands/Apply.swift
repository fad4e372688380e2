import ArgumentParser
import FoundationEssentials
import Operations
import SettingsDocument
import StrictJSON
import Bootstrap
import Leads
import CommandLineInterface

struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts the settings of an integration into force, or says everything that is wrong.",
    discussion: """
      Repeating it with the same document changes nothing. What it would change says: esteira plan. \
      A login that is new is tried first, at RD Station and at a CRM outside, and when it does not \
      work nothing is changed. Users, pipelines and fields of a CRM outside are read from it.

      Examples:
        esteira apply -f acme.yaml
        esteira apply --check -f acme.yaml
      """
  )

  @OptionGroup var file: SettingsFile

  @Flag(help: "Only check the document.")
  var check = false

  @Flag(help: "Take a login though it opens another account than the document names.")
  var anyAccount = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let document = try file.read()
    if check {
      let name = document.settings.integration
      let missing = file.tellMissingSecrets(of: document)
      return output.say(
        [
          "integration": .string(name), "valid": true,
          "missing_secrets": .array(missing.map(JSON.string)),
        ],
        "\(file.name) is right: integration \(name)"
      )
    }
    let process = ProcessInfo.processInfo
    let login = try document.login(in: process.environment, from: file.name)
    let crm = try document.crmSecrets(in: process.environment, from: file.name)
    let actor = "\(process.userName), esteira apply"
    try await Fleet.open([.secret, .broker]) { fleet in
      tell(
        try await fleet.apply(
          document,
          login: login,
          crm: crm,
          anyAccount: anyAccount,
          actor: actor
        )
      )
    }
  }

  private func tell(_ applied: AppliedSettings) {
    guard !output.json else { return Terminal.say(applied.json) }
    let name = applied.integration
    switch applied.change {
    case .created:
      Terminal.say("\(name): created, version 1")
      Terminal.complain("next: esteira hook-url \(name), the address to enter at RD Station")
    case .changed:
      Terminal.say("\(name): version \(applied.version) is in force")
      for change in applied.changes { Terminal.say("  \(change)") }
    case .unchanged:
      Terminal.say("\(name): nothing has changed, version \(applied.version) stays")
    }
    Terminal.say("\(name): \(applied.login.text)")
    if let login = applied.crmLogin { Terminal.say("\(name): CRM \(login.text)") }
    if applied.released > 0 {
      Terminal.say("\(name): \(applied.released) held leads are tried again")
    }
  }
}
