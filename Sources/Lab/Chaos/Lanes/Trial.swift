import Foundation
import BeltStorage
import SandboxLeads
import Belt
import Operations

/// One test of a lane while it runs, and what it found.
actor Trial {
  /// Seconds until everything must be quiet, and without any change after which it never will be.
  struct Patience: Sendable {
    let total: Int
    let still: Int
  }

  nonisolated let fleet: ChaosFleet
  nonisolated let load: LeadLoad
  nonisolated let owed: OwedBook
  nonisolated let seed: UInt64
  private let patience: Patience
  private(set) var strikes = 0
  private(set) var recoveries: [Double] = []
  private(set) var complaints: [String] = []
  private(set) var deadAllowed = false
  private(set) var isOver = false
  private var generator: SeededGenerator

  init(fleet: ChaosFleet, owed: OwedBook, seed: UInt64, patience: Patience) {
    self.patience = patience
    self.fleet = fleet
    self.owed = owed
    self.seed = seed
    load = LeadLoad(fleet: fleet, owed: owed)
    generator = SeededGenerator(seed: seed, stream: 5)
  }

  func number(_ range: ClosedRange<Int>) -> Int { generator.number(range) }
  func shuffled<Item: Sendable>(_ items: [Item]) -> [Item] { items.shuffled(using: &generator) }
  func countStrike(_ count: Int = 1) { strikes += count }
  func complain(_ text: String) { complaints.append(text) }
  func allowDead() { deadAllowed = true }

  /// Waits until all is ready again after a strike, and keeps how long that took.
  func recover(within seconds: Int) async {
    do {
      recoveries.append(try await fleet.waitUntilReady(seconds: seconds))
    } catch {
      complaints.append("\(error)")
    }
  }

  /// Sends so many leads a second while it strikes, and at least so many in all.
  ///
  /// Returns when everything that was sent is answered.
  func under(
    rate: Int,
    leads least: Int = 0,
    _ strike: @Sendable (Trial) async throws -> Void
  ) async throws {
    isOver = false
    // Not a child task: cancelled with the strike, it would also break off what it is owed.
    let sending = Task {
      var dose = LeadLoad.Dose(leads: rate * 5, rate: rate)
      var sent = 0
      while !isOver || sent < least {
        let round = sent / dose.leads
        dose.integrations = [fleet.integrations[round % 4 == 3 ? 1 : 0]]
        try await load.convert(dose, seed: seed &+ UInt64(round) &* 1_000_003)
        sent += dose.leads
      }
    }
    let before = await owed.messages.count
    do {
      try await ChaosFleet.await(seconds: 60, "the first lead") { [owed] in
        await owed.messages.count > before
      }
      try await strike(self)
    } catch {
      complaints.append("\(error)")
    }
    isOver = true
    try await sending.value
  }

  /// Waits until nothing moves any more, and looks whether the ledger balances on the way.
  ///
  /// - Returns: The seconds it took; a complaint says what was stranded.
  func waitUntilQuiet() async throws -> Double {
    let begin = ContinuousClock.now
    let deadline = begin + .seconds(patience.total)
    var quietLooks = 0
    var state = ""
    var waiting = 1
    var hasMoved = true
    var changed = begin
    var look = Duration.zero
    let sandbox = Sandbox(url: fleet.sandboxURL)
    while quietLooks < 2 {
      // What has not moved for longer than any wait here never will.
      guard .now < deadline, .now - changed < .seconds(patience.still) else {
        complaints.append(
          "not quiet after \((ContinuousClock.now - begin).seconds) s (I8): \(state)"
        )
        break
      }
      // A look at many leads must not be what keeps the fleet from them.
      try await Task.sleep(for: max(.milliseconds(700), look * 3))
      let lookBegin = ContinuousClock.now
      // Until it is recorded, what was parked counts as in flight, and later events of its leads wait.
      if waiting == 0 || !hasMoved { try await fleet.recordDeadLetters() }
      try await owed.collect(from: sandbox)
      let ledgers = try await fleet.ledgers()
      for ledger in ledgers where !ledger.isBalanced {
        complaints.append("the ledger of \(ledger.integration) does not balance (I2)")
      }
      waiting = try await fleet.waitingMessages()
      let inFlight = ledgers.reduce(0) { $0 + $1.inFlight }
      let missing = try await Books(fleet: fleet, owed: owed).missingArrivals()
      // What was in flight when we began to look may have made RD Station call again meanwhile.
      let due = try await sandbox.dueWebhooks(of: fleet.integrations)
      let received = ledgers.reduce(0) { $0 + $1.received }
      let now =
        "in flight \(inFlight), waiting \(waiting), webhooks due \(due), missing \(missing) of "
        + "\(received)"
      hasMoved = now != state
      if hasMoved { changed = .now }
      state = now
      look = .now - lookBegin
      quietLooks = inFlight + waiting + due + missing == 0 ? quietLooks + 1 : 0
    }
    return (ContinuousClock.now - begin) / .seconds(1)
  }
}

extension Duration {
  var seconds: Int { Int(self / .seconds(1)) }
}
