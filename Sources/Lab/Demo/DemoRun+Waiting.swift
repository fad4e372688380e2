import Belt
import BeltStorage
import Bootstrap
import CommandLineInterface
import LabBooks
import Leads
import Operations
import WorkQueues

extension DemoRun {
  /// Until people have done everything, and every webhook, our own echo too, has an end.
  ///
  /// - Throws: ``Refusal`` that says how far it was, when it takes too long.
  func waitUntilQuiet(after name: String) async throws {
    let people = PeopleReader(pool: access.pool)
    let last = try await wait {
      let run = try await sandbox.progress(of: name)
      let before = try await traffic()
      let arrived = try await people.arrivals(of: settings.integration, since: since)
        .values.reduce(0, +)
      let ledger = try await ledgers().first
      let waiting = try await WaitingMessages.count(at: access.settings.brokerEndpoint)
      let inFlight = ledger?.inFlight ?? 0
      // What was on its way when we began to look may have made RD Station call again meanwhile.
      let traffic = try await traffic()
      let state =
        "people did \(run.done)/\(run.planned), webhooks taken \(traffic.delivered) (due "
        + "\(traffic.pending)), arrived \(arrived), in flight \(inFlight), "
        + "waiting in queues \(waiting), opportunities \(ledger?.opportunities ?? 0)"
      let isDone =
        run.isDone && traffic.pending == 0 && traffic == before && arrived >= traffic.delivered
        && inFlight == 0 && waiting == 0
      return (state, isDone)
    }
    guard let last else { return }
    throw Refusal(
      .failed,
      "demo_unfinished",
      "not finished after \(patience.components.seconds) s: \(last)"
    )
  }

  /// Until RD Station has been told of what a seller did; what it never is told of, the books show.
  ///
  /// - Returns: Whether it was told of everything in time.
  func waitUntilTold(_ acts: [PeopleOwed.Act], _ sold: PeopleSold) async throws -> Bool {
    let owed = try await owed(acts, sold)
    let tags = sold.tagged.values.reduce(0) { $0 + $1.count }
    let sum = owed.told.values.reduce(0, +) + tags
    return try await wait {
      let told = try await told(acts)
      let tagged = try await tagsAtRDStation(sold.tagged, acts).values.reduce(0, +)
      let done = owed.told.reduce(tagged) { $0 + min($1.value, told[$1.key] ?? 0) }
      return ("RD Station was told of \(done)/\(sum)", done >= sum)
    } == nil
  }

  /// Of this demo.
  func traffic() async throws -> SandboxTraffic {
    var traffic = try await sandbox.traffic(account: settings.rdAccount)
    traffic.delivered -= trafficBefore.delivered
    traffic.failed -= trafficBefore.failed
    return traffic
  }

  /// Looks every half second until it is done.
  ///
  /// - Returns: How far it was, where it was not done in time.
  private func wait(_ look: () async throws -> (state: String, isDone: Bool)) async throws
    -> String?
  {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    let interval = Duration.seconds(Terminal.isInteractive ? 1 : 2)
    var nextWord = clock.now
    while true {
      _ = try await ParkedQueue.drain(access)
      let (state, isDone) = try await look()
      if !isQuiet, isDone || clock.now >= nextWord {
        Terminal.progress(state)
        nextWord = clock.now + interval
      }
      if isDone {
        if !isQuiet { Terminal.endProgress() }
        return nil
      }
      guard clock.now < deadline else { return state }
      try await clock.sleep(for: .milliseconds(500))
    }
  }
}
