import ArgumentParser
import Bootstrap
import BeltStorage
import Leads
import StrictJSON
import Operations
import CommandLineInterface

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets made-up people convert at the sandbox and compares everybody's books.",
    discussion: """
      The account's webhooks at the sandbox are made what a customer makes them: one for conversions \
      and one for opportunity marks, with the addresses of `esteira hook-url`. People convert there on \
      forms, some are marked by hand, and some webhooks come twice; what Esteira itself writes to RD \
      Station comes back the same way. A seller then wins, loses, opens again and tags in the CRM. Each person is \
      compared in four books: that of the people's own doing, ours, the CRM's and RD Station's. The \
      last line sums up; the exit status judges.
      """
  )

  @Option(help: "How many leads.")
  var leads = 20

  @Option(help: "The same seed makes the same leads; otherwise each demo has new ones.")
  var seed: Int?

  @Option(help: "Whose leads they are.")
  var integration = "acme"

  @Option(help: "Where the webhooks are made: in RD Station's screen, through its API, or both.")
  var webhooks = WebhookPlaces.both

  @Option(help: "The sandbox; otherwise where ESTEIRA_RD_URL or ESTEIRA_SANDBOX_LISTEN say.")
  var sandbox: String?

  @Flag(
    help:
      "Let the CRM's simulator lose answers, act late, refuse by quota and fail (10, 5, 5, 5 %)."
  )
  var faults = false

  @Flag(help: "Print nothing but the last line.")
  var exitLine = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1_000_000).contains(leads) else {
      throw ValidationError("--leads is from 1 to 1000000")
    }
    if let seed, seed < 0 { throw ValidationError("--seed is not below 0") }
  }

  func run() async throws {
    try await Fleet.open([.broker, .secret]) { access in
      let run = try await DemoRun(
        access: access,
        sandbox: SandboxAccess(baseURL: try sandboxURL(access.settings)),
        integration: integration,
        hasFaults: faults,
        isQuiet: exitLine || output.json
      )
      let seed = seed ?? Int.random(in: 1...1_000_000_000)
      let verdict = try await run.perform(leads: leads, seed: seed, webhooks: webhooks)
      for complaint in verdict.complaints { Terminal.complain(complaint) }
      output.json ? Terminal.say(verdict.json) : Terminal.say(verdict.line)
      if !verdict.isRight { throw ExitCode(ExitStatus.failed) }
    }
  }

  /// The fleet must be writing to the sandbox, and to no real account.
  private func sandboxURL(_ settings: FleetSettings) throws -> String {
    if let sandbox { return sandbox.hasSuffix("/") ? String(sandbox.dropLast()) : sandbox }
    let url = settings.rdURL
    guard !url.contains("//api.rd.services") else {
      throw Refusal(
        .invalid,
        "sandbox_needed",
        "ESTEIRA_RD_URL is RD Station itself; the demo needs the sandbox: "
          + "ESTEIRA_RD_URL=http://\(settings.sandboxListen)/rd"
      )
    }
    return url.hasSuffix("/rd") ? String(url.dropLast(3)) : "http://\(settings.sandboxListen)"
  }
}

extension DemoVerdict {
  var json: JSON {
    [
      "received": .number(received), "opportunities": .number(opportunities),
      "rd_calls": .number(rdCalls), "ignored": .number(ignored), "held": .number(held),
      "dead": .number(dead),
      "lost": .number(lost), "duplicated": .number(duplicated),
      "complaints": .array(complaints.map(JSON.string)),
    ]
  }
}
