import ArgumentParser
import Operations
import Belt
import Bootstrap
import Leads
import CommandLineInterface

struct RetryDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Sends dead letters back to their stages; harmless when done twice.",
    discussion: """
      Named ids are sent at once. A filter makes an operation, which keeps exactly those that it means \
      now: with --yes it runs, otherwise esteira operations run does it later.

      A call to RD Station whose outcome could not be found out is never made again by itself. Look at \
      the lead there: discard the dead letter when the event is there, and name --not-there when not. Of \
      an opportunity at a CRM say --not-there too, or --there with the CRM's id of it.

      Examples:
        esteira dead-letters retry ID
        esteira dead-letters retry --group rd-updater:rd_unavailable --dry-run
        esteira dead-letters retry --integration acme --since 2h --yes --pace 5
      """
  )

  @Argument(help: "The ids, as ls prints them.")
  var ids: [Identifier] = []

  @Flag(help: "You have looked: it was not carried out for these ids; do it anew.")
  var notThere = false

  @Option(
    help: "You have looked: the CRM has the opportunity of this id; this is the CRM's id of it."
  )
  var there: String?

  @OptionGroup var selection: DeadLetterSelection
  @OptionGroup var bulk: BulkOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if seen != nil, ids.isEmpty {
      throw ValidationError(
        "--not-there and --there are said of ids, each looked at, and not of a filter or --all"
      )
    }
    if notThere, there != nil { throw ValidationError("it is there, or it is not") }
    try bulk.check(ids, selection.filter)
  }

  private var seen: Sighting? {
    notThere ? .notThere : there.map { .there(CRMRecord(id: $0)) }
  }

  func run() async throws {
    let actor = "esteira dead-letters retry"
    try await Fleet.open(.broker) { fleet in
      try await fleet.recordParked()
      try await fleet.check(selection.chosen.integration)
      guard !ids.isEmpty else {
        try await BulkCommand(fleet: fleet, output: output)
          .perform(.retry, selection.filter, bulk, actor: actor)
        return
      }
      let settled = try await DeadLetters(pool: fleet.pool)
        .retry(ids: ids, seen: seen, actor: actor, publish: fleet.publish)
      output.json
        ? Terminal.say(settled.json) : Terminal.say(settled.text("sent back to their stages"))
    }
  }
}

extension SettledDeadLetters {
  fileprivate func text(_ done: String) -> String {
    "\(count) \(done)" + (notOpen > 0 ? ", \(notOpen) were not open any more" : "")
  }
}

struct DiscardDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard",
    abstract: "Puts dead letters away for good, with a reason; nothing more is done for them.",
    discussion: """
      Named ids are discarded at once. A filter makes an operation, as with retry. The message is kept \
      and shown by ls --state discarded. The ledger counts a lead that was given up before its opportunity \
      as ignored; one whose update at RD Station or whose tags were discarded stays done.
      """
  )

  @Argument(help: "The ids, as ls prints them.")
  var ids: [Identifier] = []

  @Option(help: "Why, for whoever asks later; without personal data.")
  var reason: String

  @OptionGroup var selection: DeadLetterSelection
  @OptionGroup var bulk: BulkOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }), reason.count <= 500 else {
      throw ValidationError("--reason is a text of at most 500 characters")
    }
    try bulk.check(ids, selection.filter)
  }

  func run() async throws {
    let actor = "esteira dead-letters discard"
    try await Fleet.open(.broker) { fleet in
      try await fleet.recordParked()
      try await fleet.check(selection.chosen.integration)
      guard !ids.isEmpty else {
        try await BulkCommand(fleet: fleet, output: output)
          .perform(.discard, selection.filter, bulk, reason: reason, actor: actor)
        return
      }
      let settled = try await DeadLetters(pool: fleet.pool)
        .discard(ids: ids, reason: reason, actor: actor)
      output.json ? Terminal.say(settled.json) : Terminal.say(settled.text("discarded"))
    }
  }
}
