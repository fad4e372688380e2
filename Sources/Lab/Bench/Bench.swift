import ArgumentParser
import Bootstrap
import FoundationEssentials
import BeltStorage
import Leads
import Operations
import CommandLineInterface

struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a fleet on this machine, and what its broker and database allow.",
    discussion: """
      For a fleet that deploy/up started; deploy/bench does both. It sends thousands of made-up \
      leads to the integration, which the sandbox takes in place of RD Station. The machine should \
      do nothing else meanwhile. The exit status is 0 unless leads were lost.
      """
  )

  @Option(help: "Whose leads they are.")
  var integration = "acme"

  @Option(help: "Leads that are taken through all stages at once, 1 to 100000.")
  var leads = 5000

  @Option(help: "Seconds of the burst at ingress, 1 to 60.")
  var seconds = 10

  @Option(help: "Connections that are kept open to ingress, 1 to 512.")
  var connections = 64

  @Option(help: "Where deploy/up keeps its records; otherwise run in ESTEIRA_STATE or in .esteira.")
  var runDirectory: String?

  @Option(
    help: "Only counts what leads cost, beside the limits in this file; above one, the status is 1."
  )
  var gate: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(leads) else {
      throw ValidationError("--leads is from 1 to 100000")
    }
    guard (1...60).contains(seconds) else { throw ValidationError("--seconds is from 1 to 60") }
    guard (1...512).contains(connections) else {
      throw ValidationError("--connections is from 1 to 512")
    }
  }

  func run() async throws {
    let state = ProcessInfo.processInfo.environment["ESTEIRA_STATE"] ?? ".esteira"
    let records = runDirectory ?? "\(state)/run"
    let processes = try FleetProcesses(runDirectory: records)
    try await Fleet.open([.broker, .secret]) { access in
      try await access.check(integration)
      let target = try await BenchTarget(access: access, integration: integration)
      if let gate {
        let limits = try GateLimits(
          String(decoding: try Data(contentsOf: URL(filePath: gate)), as: UTF8.self)
        )
        let (table, broken) = limits.verdict(
          on: try await Gate.measure(
            target,
            processes: processes,
            access: access,
            serverLog: "\(records)/../log/postgresql.log"
          )
        )
        Terminal.say(table)
        if !broken.isEmpty {
          throw Refusal(
            .failed,
            "gate_broken",
            "above the limit, not measured or without one: \(broken.joined(separator: ", "))"
          )
        }
        return
      }
      let report = try await BenchRun.perform(
        BenchPlan(leads: leads, burst: .seconds(seconds), connections: connections),
        on: target,
        processes: processes,
        access: access
      )
      output.json ? Terminal.say(report.json) : Terminal.say(report.text)
      if report.lost > 0 { throw ExitCode(ExitStatus.failed) }
    }
  }
}

/// Where the leads of a bench go.
struct BenchTarget: Sendable {
  let integration: String
  /// Holds a secret.
  let hookURL: String

  /// - Throws: ``Refusal`` when there is no such integration, or when the leads could leave this machine.
  init(access: Fleet, integration: String) async throws {
    guard Self.isLoopback(access.settings.publicURL) else {
      throw Refusal(
        .invalid,
        "public_url_invalid",
        "the bench loads a fleet on this machine only: ESTEIRA_PUBLIC_URL must be a loopback address"
      )
    }
    guard Self.isLoopback(access.settings.rdURL) else {
      throw Refusal(
        .invalid,
        "sandbox_needed",
        "made-up leads must not reach RD Station: ESTEIRA_RD_URL must be the sandbox on this machine"
      )
    }
    self.integration = integration
    hookURL = try await HookAddress.rd(of: integration, access: access).url()
  }

  static func isLoopback(_ url: String) -> Bool {
    ["127.0.0.1", "localhost", "::1"].contains(URL(string: url)?.host() ?? "")
  }
}

extension HookAddress {
  fileprivate static func rd(of integration: String, access: Fleet) async throws
    -> HookAddress
  {
    guard let name = IntegrationName(integration),
      let current = try await SettingsVersions(pool: access.pool).current(integration)
    else {
      throw Refusal(
        .notFound,
        "integration_unknown",
        "there is no integration \(integration). Run: esteira apply -f deploy/examples/acme.yaml"
      )
    }
    return HookAddress(
      publicURL: access.settings.publicURL,
      kind: .rd,
      integration: name,
      generation: current.hookGeneration,
      secret: access.settings.hookSecret
    )
  }
}
