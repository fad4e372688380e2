import ArgumentParser
import Bootstrap
import Operations
import WorkQueues
import CommandLineInterface

struct TopologyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Declares and verifies the queues, exchanges and policies on the broker.",
    subcommands: [ApplyTopology.self, VerifyTopology.self]
  )

  static func broker() async throws -> BrokerTopology {
    try BrokerTopology(try await FleetSettings.load(needs: [.broker, .management]))
  }
}

struct ApplyTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Declares what is missing and mends policies; deletes nothing."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let drift = try await TopologyCommand.broker().apply()
    guard !output.json else { return Terminal.say(drift.json) }
    let fleet = Topology.fleet
    Terminal.say(
      "declared \(fleet.exchanges.count) exchanges, \(fleet.queues.count) queues, "
        + "\(fleet.bindings.count) bindings, \(fleet.policies.count) policies"
    )
    for item in drift.unknown { Terminal.complain("left alone: \(item)") }
  }
}

struct VerifyTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Names every difference between the broker and what the fleet needs."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let drift = try await TopologyCommand.broker().verify()
    let wrong = drift.wrong
    output.say(
      drift.json,
      wrong.isEmpty
        ? "the broker is as the fleet needs it" : wrong.map { "\($0)" }.joined(separator: "\n")
    )
    if !output.json { for item in drift.unknown { Terminal.complain("left alone: \(item)") } }
    if !wrong.isEmpty {
      let remedy = "Run: esteira topology apply"
      throw Refusal(.failed, "topology_differs", "\(wrong.count) differences", remedy: remedy)
    }
  }
}
