import Foundation
import Glibc
import BeltStorage
import Bootstrap
import Postgres
import StrictJSON
import Belt

extension ChaosTest {
  /// Each place at which a second replica is stopped; the call that `planned` holds back and the result
  /// that `request-sent` and `answered` hold back must not count any more when it wakes.
  private static let graves: [(program: String, place: Failpoint)] = [
    ("esteira-rd-updater", .planned), ("esteira-rd-updater", .requestSent),
    ("esteira-rd-updater", .answered), ("esteira-opportunity-creator", .committed),
    ("esteira-centralizer", .beforeCommit),
  ]

  static func zombies(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T3", title: "workers stopped for longer than their lease, replaced, and woken") {
      trial in
      for round in 0..<lane.dose(1, 10) {
        var zombies: [Zombie] = []
        do {
          for (program, place) in graves {
            zombies.append(
              try Zombie(of: trial.fleet.replicas(of: program)[0], at: place, trial.fleet)
            )
          }
          try await haunt(trial, zombies, round: round)
        } catch {
          for zombie in zombies { await zombie.end() }
          throw error
        }
        for zombie in zombies { await zombie.end() }
      }
    }
  }

  private static func haunt(_ trial: Trial, _ zombies: [Zombie], round: Int) async throws {
    let began = try await trial.fleet.pool.run("select now()::text")[0].string(0)
    for zombie in zombies { try await zombie.rise() }
    async let sending: Void = trial.load.convert(
      LeadLoad.Dose(leads: 600, rate: 12),
      seed: trial.seed + UInt64(round)
    )
    for zombie in zombies {
      try await ChaosFleet.await(seconds: 60, "\(zombie.program.name)'s stop") {
        await zombie.program.isStopped
      }
      await trial.countStrike()
    }
    let stopped = ContinuousClock.now
    try await Task.sleep(for: .seconds(5))
    let held = try await heldCalls(trial, since: began)
    if held.isEmpty { await trial.complain("the stopped workers had no call in hand") }
    // Longer than the lease, and until the others have brought all of it to an end.
    try await ChaosFleet.await(seconds: 150, "the end of what stopped workers had in hand") {
      guard ContinuousClock.now - stopped > Effects.lease + .seconds(2) else { return false }
      return try await endings(trial, of: held).count == held.count
    }
    let before = try await endings(trial, of: held)
    if !before.values.contains(where: { !$0.hasPrefix("1 ") }) {
      await trial.complain("no call of a stopped worker was taken over")
    }
    for zombie in zombies { await zombie.wake() }
    for zombie in zombies {
      try await ChaosFleet.await(seconds: 20, "\(zombie.program.name) after its stop") {
        await zombie.program.isReady()
      }
      zombie.reconnect()
    }
    try await sending
    _ = try await trial.waitUntilQuiet()
    let after = try await endings(trial, of: held)
    let accepted = held.count { after[$0] != before[$0] }
    if accepted > 0 {
      await trial.complain("\(accepted) results of workers that had lost their lease were accepted")
    }
  }

  /// The calls that have been in hand for longer than any takes, or were taken over already.
  private static func heldCalls(_ trial: Trial, since began: String) async throws -> [String] {
    try await trial.fleet.pool.run(
      """
      select id::text from effect where sent_at >= \(began)::timestamptz
        and (generation > 1 or (state = 'sent' and sent_at < now() - interval '4 seconds'))
      """
    ).map { try $0.string(0) }
  }

  /// When and by which holder each was ended; absent for those that nobody has ended, which their
  /// stopped holders cannot.
  private static func endings(_ trial: Trial, of held: [String]) async throws -> [String: String] {
    let rows = try await trial.fleet.pool.run(
      """
      select id::text, generation || ' ' || state || ' ' || settled_at from effect
      where id = any(\(held)::uuid[]) and state = 'confirmed'
      """
    )
    return try rows.reduce(into: [:]) { $0[try $1.string(0)] = try $1.string(1) }
  }
}

/// A second replica of a program, which stops in the middle of its first piece of work.
private struct Zombie: Sendable {
  let program: ChildProgram
  private let place: Failpoint
  /// Its own way to RD Station, which can fail without the others.
  private let rdStation: FaultProxy

  init(of program: ChildProgram, at place: Failpoint, _ fleet: ChaosFleet) throws {
    self.place = place
    rdStation = try FaultProxy(to: try fleet.link(.rdStation).targets[0])
    self.program = program.replica(
      "\(program.name)-\(place.rawValue)",
      healthPort: try Socket.freePort(),
      changing: [
        "ESTEIRA_RD_URL": "http://127.0.0.1:\(rdStation.port)/rd",
        // The sooner the broker gives its deliveries to others, the more of them it holds in vain.
        "ESTEIRA_AMQP_URL":
          "amqp://guest:guest@127.0.0.1:\(try fleet.link(.broker).port)/?heartbeat=2",
      ]
    )
  }

  func rise() async throws {
    await program.die(at: ["\(place.rawValue):stop:1"])
    try await program.start()
  }

  /// A call that it checked for its lease before the stop is the one that nothing of ours can hold back;
  /// it fails for certain, so that its result is an older truth than that of the new holder.
  func wake() async {
    if place == .requestSent { rdStation.set(.reset) }
    await program.kill(SIGCONT)
  }

  func reconnect() { rdStation.set(.none) }

  func end() async {
    await program.stop()
    rdStation.close()
  }
}
