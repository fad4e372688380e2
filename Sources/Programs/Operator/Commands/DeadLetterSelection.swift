import ArgumentParser
import FoundationEssentials
import Leads
import Operations
import Belt

/// Which dead letters a command is about, by what they have in common.
struct DeadLetterSelection: ParsableArguments {
  @Option(help: "Of this group, as groups prints it.")
  var group: String?

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "Given up at this stage.")
  var stage: Flow?

  @Option(help: "Given up for this reason's code.")
  var code: String?

  @Option(help: "Given up last at or after this moment: 2h, 3d, or 2026-03-09T14:00:00Z.")
  var since: Moment?

  @Option(help: "Given up last before this moment.")
  var until: Moment?

  @Option(help: "Whose body holds this text, such as a name or part of an e-mail address.")
  var holding: String?

  var filter: DeadLetterFilter {
    DeadLetterFilter(
      fingerprint: group,
      integration: chosen.integration,
      stage: stage?.stage,
      code: code,
      since: since?.timestamp,
      until: until?.timestamp,
      holding: holding
    )
  }
}

extension Flow: ExpressibleByArgument {}

/// A moment as people name it: how long ago (`90s`, `15m`, `2h`, `3d`), or ISO 8601 with an offset.
struct Moment: ExpressibleByArgument, Sendable, Hashable {
  let timestamp: Timestamp

  init?(argument: String) {
    self.init(argument, now: Int64(Date.now.timeIntervalSince1970 * 1000))
  }

  /// The present is in milliseconds since 1970.
  init?(_ text: String, now: Int64) {
    if let timestamp = Timestamp(text) {
      self.timestamp = timestamp
      return
    }
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int64(text.dropLast()),
      (0...100_000).contains(count)
    else { return nil }
    timestamp = Timestamp(milliseconds: now - count * unit * 1000)
  }
}

/// What a bulk action needs to know besides which dead letters it is about.
struct BulkOptions: ParsableArguments {
  @Flag(help: "All open ones that the options mean; without options, every one there is.")
  var all = false

  @Flag(help: "Do it at once; otherwise it is planned only.")
  var yes = false

  @Flag(help: "Only show what it would do; nothing is planned.")
  var dryRun = false

  @Option(help: "At most so many messages a second, 1 to 10000.")
  var pace = 50

  /// - Throws: `ValidationError` when it is not clear which are meant.
  func check(_ ids: [Identifier], _ filter: DeadLetterFilter) throws {
    guard (1...10_000).contains(pace) else {
      throw ValidationError("--pace is from 1 to 10000 a second")
    }
    if !ids.isEmpty {
      guard filter.isEmpty, !all else { throw ValidationError("name either ids or a filter") }
      guard !yes, !dryRun else {
        throw ValidationError("--yes and --dry-run are for a filter; ids are acted on at once")
      }
    } else if filter.isEmpty, !all {
      throw ValidationError(
        "name some ids, or a filter such as --group or --integration, or --all for every one"
      )
    }
    if yes, dryRun { throw ValidationError("either --yes or --dry-run") }
  }
}
