import ArgumentParser
import Bootstrap
private import RabbitMQ
import StrictJSON
import WorkQueues

struct TopologyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract: "Declares and verifies the queues, exchanges and policies on the broker.",
    subcommands: [ApplyTopology.self, VerifyTopology.self]
  )

  static func definitions() async throws -> BrokerDefinitions {
    let settings = try await FleetSettings.load(needs: [.broker, .management])
    return try BrokerDefinitions(
      managementURL: settings.rabbitMQManagementURL,
      virtualHost: settings.brokerEndpoint.virtualHost
    )
  }

  static func json(_ items: [DriftItem]) -> JSON {
    .array(
      items.map { ["object": .string($0.object), "detail": .string($0.detail)] }
    )
  }
}

struct ApplyTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Declares what is missing and mends policies; deletes nothing."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let unknown = try await TopologyCommand.definitions().apply()
    if output.json {
      Terminal.say(["drift": [], "unknown": TopologyCommand.json(unknown)])
      return
    }
    let fleet = Topology.fleet
    Terminal.say(
      "declared \(fleet.exchanges.count) exchanges, \(fleet.queues.count) queues, "
        + "\(fleet.bindings.count) bindings, \(fleet.policies.count) policies"
    )
    for item in unknown { Terminal.complain("left alone: \(item)") }
  }
}

struct VerifyTopology: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Names every difference between the broker and what the fleet needs."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let items = try await TopologyCommand.definitions().verify()
    let wrong = items.filter { $0.kind != .unknown }
    let unknown = items.filter { $0.kind == .unknown }
    if output.json {
      Terminal.say(["drift": TopologyCommand.json(wrong), "unknown": TopologyCommand.json(unknown)])
    } else {
      for item in wrong { Terminal.say("\(item)") }
      for item in unknown { Terminal.complain("left alone: \(item)") }
      if wrong.isEmpty { Terminal.say("the broker is as the fleet needs it") }
    }
    guard wrong.isEmpty else {
      throw Refusal("\(wrong.count) differences. Run: esteira topology apply")
    }
  }
}
