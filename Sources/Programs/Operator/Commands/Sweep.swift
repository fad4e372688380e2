import ArgumentParser
import Operations
import StrictJSON
import Belt
import Bootstrap
import CommandLineInterface

struct Sweep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publishes again what no stage has handled for a long time.",
    discussion: """
      For after a purged queue or a lost broker: the receipts hold what was to follow, and dead letters \
      that were sent again stand in their rows. Harmless when it is on its way after all: a stage handles \
      a message once. Waits of hours are normal while a quota or a retry holds a lead, and each run \
      publishes another copy of what only waits: do not run it from cron more often than --minutes.
      """
  )

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "Only what has waited at least so many minutes.")
  var minutes = 180

  @Option(help: "At most so many messages, 1 to 100000.")
  var limit = 1000

  @Flag(help: "Only list them.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...43_200).contains(minutes) else {
      throw ValidationError("--minutes is from 1 to 43200, which is 30 days")
    }
    try ListLimit.check(limit)
  }

  func run() async throws {
    try await Fleet.open(.broker) { fleet in
      try await fleet.check(chosen.integration)
      _ = try await ParkedQueue.drain(fleet)
      let stranded = try await StrandedMessages(pool: fleet.pool)
        .list(in: chosen.integration, minutes: minutes, limit: limit)
      if !dryRun { try await fleet.publish(stranded.map { Outgoing($0.message) }) }
      output.say(["published": .bool(!dryRun), "messages": stranded.json], text(of: stranded))
      guard !output.json, !stranded.isEmpty else { return }
      Terminal.complain(dryRun ? "nothing was published" : "\(stranded.count) published again")
    }
  }

  private func text(of stranded: [StrandedMessages.Stranded]) -> String {
    let none = "nothing has waited for \(minutes == 1 ? "1 minute" : "\(minutes) minutes")"
    let header = ["message", "integration", "stage", "minutes"]
    return TextTable.text(of: stranded, orElse: none, header, numbers: [3]) { item in
      ["\(item.message.id)", item.message.integration, item.message.stage, "\(item.age / 60)"]
    }
  }
}
