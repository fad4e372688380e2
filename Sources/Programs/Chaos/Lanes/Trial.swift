import Foundation
import LeadStorage
import SandboxLeads
import Workers

/// One test of a lane while it runs, and what it found.
actor Trial {
  nonisolated let fleet: ChaosFleet
  nonisolated let load: LeadLoad
  nonisolated let owed: OwedBook
  nonisolated let seed: UInt64
  private(set) var strikes = 0
  private(set) var recoveries: [Double] = []
  private(set) var complaints: [String] = []
  private(set) var deadAllowed = false
  private(set) var isOver = false
  private var generator: SeededGenerator
  /// What a saboteur has lost never comes, so it is waited for less long.
  private let isHunt: Bool

  init(fleet: ChaosFleet, owed: OwedBook, seed: UInt64, isHunt: Bool) {
    self.fleet = fleet
    self.owed = owed
    self.seed = seed
    self.isHunt = isHunt
    load = LeadLoad(fleet: fleet, owed: owed)
    generator = SeededGenerator(seed: seed, stream: 5)
  }

  func number(_ range: ClosedRange<Int>) -> Int { generator.number(range) }
  func shuffled<Item: Sendable>(_ items: [Item]) -> [Item] { items.shuffled(using: &generator) }
  func countStrike(_ count: Int = 1) { strikes += count }
  func complain(_ text: String) { complaints.append(text) }
  func end() { isOver = true }
  func allowDead() { deadAllowed = true }

  /// Waits until all is ready again after a strike, and keeps how long that took.
  func recover(within seconds: Int) async {
    do {
      recoveries.append(try await fleet.waitUntilReady(seconds: seconds))
    } catch {
      complaints.append("\(error)")
    }
  }

  /// Sends while it strikes, from the first lead on; returns when both are through.
  nonisolated func under(_ dose: LeadLoad.Dose, _ strike: @Sendable (Trial) async throws -> Void)
    async throws
  {
    let before = await owed.messages.count
    async let sending: Void = load.send(dose, seed: seed)
    // The simulator gets to know all the people first, which takes its time.
    try await ChaosFleet.await(seconds: 60, "the first lead") {
      await owed.messages.count > before
    }
    try await Task.sleep(for: .seconds(1))
    try await strike(self)
    try await sending
  }

  /// Waits until nothing moves any more, and looks whether the ledger balances on the way.
  ///
  /// - Returns: The seconds it took; a complaint says what was stranded.
  func waitUntilQuiet(seconds: Int) async throws -> Double {
    let begin = ContinuousClock.now
    let deadline = begin + .seconds(isHunt ? min(seconds, 45) : seconds)
    let patience = isHunt ? 25 : 45
    var quietLooks = 0
    var state = ""
    var waiting = 1
    var changed = begin
    while quietLooks < 2 {
      // What has not moved for longer than any wait here never will.
      guard .now < deadline, .now - changed < .seconds(patience) else {
        complaints.append(
          "not quiet after \((ContinuousClock.now - begin).seconds) s (I8): \(state)"
        )
        break
      }
      try await Task.sleep(for: .milliseconds(700))
      // Until it is recorded, what was parked counts as in flight.
      if waiting == 0 { try await fleet.recordDeadLetters() }
      let ledgers = try await fleet.ledgers()
      for ledger in ledgers where !ledger.isBalanced {
        complaints.append("the ledger of \(ledger.integration) does not balance (I2)")
      }
      waiting = try await fleet.waitingMessages()
      let inFlight = ledgers.reduce(0) { $0 + $1.inFlight }
      let missing = try await Books(fleet: fleet, owed: owed).missingArrivals()
      let received = ledgers.reduce(0) { $0 + $1.received }
      let now = "in flight \(inFlight), waiting \(waiting), missing \(missing) of \(received)"
      if now != state { changed = .now }
      state = now
      quietLooks = inFlight + waiting + missing == 0 ? quietLooks + 1 : 0
    }
    return (ContinuousClock.now - begin) / .seconds(1)
  }
}

extension Duration {
  var seconds: Int { Int(self / .seconds(1)) }
}
