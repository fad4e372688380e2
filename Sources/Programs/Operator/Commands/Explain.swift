import ArgumentParser
import LeadStorage
import StrictJSON

struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what happened to a lead, and why.",
    discussion: "Shows personal data: it is for the operator's eyes."
  )

  @Argument(help: "E-mail address, mobile number, tax id, or an id of ours or of RD Station.")
  var lead: String

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "At most so many events, the newest.")
  var limit = 50

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000") }
  }

  func run() async throws {
    try await FleetAccess.open { access in
      let journeys = try await JourneyReader(pool: access.pool)
        .journeys(of: lead, in: chosen.integration, limit: limit)
      guard !journeys.isEmpty else {
        throw Refusal(
          "nothing is known of “\(lead)”. It never arrived, or arrived in a body that was kept out "
            + "more than 30 days ago. See: esteira ledger, esteira dead-letters ls"
        )
      }
      output.json
        ? Terminal.say(JSON.array(journeys.map(\.json)))
        : Terminal.say(JourneyText.text(of: journeys))
    }
  }
}
