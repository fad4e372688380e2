import LeadStorage
import Postgres
import StrictJSON
import TestKit
import Workers

/// One row of the list of reliability tests, at the size of its lane.
struct ChaosTest: Sendable {
  let id: String
  let title: String
  let run: @Sendable (Trial) async throws -> Void
}

/// How much of everything.
enum Lane: String, CaseIterable, Sendable {
  case quick, night

  var times: Int { self == .quick ? 1 : 10 }
}

extension ChaosTest {
  static func all(_ lane: Lane) -> [ChaosTest] {
    (lane == .night ? [zombies(lane)] : []) + [
      everyWebhookTenTimes(lane), shuffledEvents(lane), kills(lane), stops(lane),
      brokerCrashes(lane), databaseCrashes(lane), lostSessions(lane), networks(lane),
      lostAnswers(lane), refusals(lane),
      // Last, for it may leave dead letters.
      hostileText(lane),
    ]
  }
}

// MARK: Processes

extension ChaosTest {
  /// The places at which each program can die.
  private static let places: [(program: String, places: [Failpoint])] = [
    ("esteira-ingress", [.received, .publishing, .confirmed]),
    ("esteira-lead-importer", [.received, .beforeCommit, .committed, .publishing, .confirmed]),
    ("esteira-centralizer", [.received, .beforeCommit, .committed, .publishing, .confirmed]),
    ("esteira-opportunity-creator", Failpoint.allCases),
    (
      "esteira-rd-updater",
      [.received, .planned, .beforeCommit, .requestSent, .answered, .committed, .confirmed]
    ),
    ("esteira-tag-sync", [.received, .beforeCommit, .committed, .confirmed]),
  ]

  static func kills(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T1", title: "SIGKILL at each failpoint of each program") { trial in
      let sending = Task {
        for round in 0..<(8 * lane.times) {
          var dose = LeadLoad.Dose(leads: 100, rate: 20)
          dose.integrations = round % 4 == 3 ? ["beta"] : ["acme"]
          try await trial.load.send(dose, seed: trial.seed + UInt64(round))
          // A cancelled task would also break off what it is owed.
          if await trial.isOver { return }
        }
      }
      for (name, places) in places {
        var deaths: [String] = []
        for place in places {
          for _ in 0..<(2 * lane.times) {
            deaths.append("\(place.rawValue):kill:\(await trial.number(1...3))")
          }
        }
        await trial.countStrike(deaths.count)
        try await trial.fleet[name].die(at: trial.shuffled(deaths))
      }
      for (name, _) in places {
        let program = try trial.fleet[name]
        do {
          try await ChaosFleet.await(seconds: 60 * lane.times, "\(name)'s death") {
            await program.isDoneDying
          }
        } catch {
          await trial.complain("\(error): it never came to one of its failpoints")
          await program.forgetFailpoints()
        }
      }
      await trial.recover(within: 30)
      await trial.end()
      try await sending.value
      // What was in hand at three deaths is put aside as poison, and a person sends it again.
      _ = try await trial.waitUntilQuiet(seconds: 150)
      try await trial.fleet.retryDeadLetters()
    }
  }

  static func stops(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T4", title: "SIGTERM under load: exit within 25 s") { trial in
      try await trial.under(LeadLoad.Dose(leads: 250 * lane.times, rate: 25)) { trial in
        for _ in 0..<(2 * lane.times) {
          for program in await trial.shuffled(Array(trial.fleet.programs.dropFirst())) {
            let took = try await program.drain(patience: .seconds(27))
            await trial.countStrike()
            if took > .seconds(25) {
              await trial.complain("\(program.name) took \(took.seconds) s to stop")
            }
          }
          await trial.recover(within: 20)
        }
      }
    }
  }
}

// MARK: Servers

extension ChaosTest {
  static func brokerCrashes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T6", title: "broker killed and restarted in the middle of confirms") { trial in
      try await trial.under(LeadLoad.Dose(leads: 700 * lane.times, rate: 30)) { trial in
        for _ in 0..<(2 * lane.times) {
          await trial.fleet.broker.kill()
          try await trial.fleet.broker.start()
          await trial.countStrike()
          await trial.recover(within: 15)
          try await Task.sleep(for: .seconds(2))
        }
      }
    }
  }

  static func databaseCrashes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T11", title: "PostgreSQL killed and restarted") { trial in
      try await trial.under(LeadLoad.Dose(leads: 900 * lane.times, rate: 30)) { trial in
        for _ in 0..<(2 * lane.times) {
          try await trial.fleet.postgres.restart()
          await trial.countStrike()
          await trial.recover(within: 10)
        }
        // Longer than anybody waits for a connection, so that work in hand meets the outage.
        for _ in 0..<lane.times {
          try await trial.fleet.postgres.kill()
          try await Task.sleep(for: .seconds(25))
          try await trial.fleet.postgres.start()
          await trial.countStrike()
          await trial.recover(within: 10)
          try await Task.sleep(for: .seconds(1))
        }
      }
    }
  }

  static func lostSessions(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T12", title: "database sessions terminated") { trial in
      try await trial.under(LeadLoad.Dose(leads: 300 * lane.times, rate: 40)) { trial in
        for _ in 0..<(20 * lane.times) {
          let ended = try await trial.fleet.pool.run(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """
          )[0].int(0)
          await trial.countStrike(ended)
          try await Task.sleep(for: .milliseconds(500))
        }
        await trial.recover(within: 15)
      }
    }
  }
}

// MARK: Network

extension ChaosTest {
  private static let faults: [LinkFault] = [
    .reset, .blackHole, .deafServer, .deafClient, .latency(milliseconds: 250, jitter: 200),
    .slow(bytesPerSecond: 8192), .slices, .cut, .slowClose(milliseconds: 1000),
  ]

  static func networks(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T16", title: "network faults on every link, sampled") { trial in
      let rounds = faults.flatMap { fault in ChaosFleet.Link.allCases.map { (fault, $0) } }
      let sample = await trial.shuffled(rounds).prefix(lane == .quick ? 12 : 36)
      let dose = LeadLoad.Dose(leads: sample.count * 50, rate: 10)
      try await trial.under(dose) { trial in
        for (fault, link) in sample {
          let proxy = try trial.fleet.link(link)
          proxy.set(fault)
          try await Task.sleep(for: .seconds(3))
          proxy.set(.none)
          await trial.countStrike()
          await trial.recover(within: 15)
        }
      }
    }
  }
}

// MARK: Outside

extension ChaosTest {
  static func lostAnswers(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T19", title: "RD Station acts and its answer is lost, or never acts") { trial in
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      func fault(_ kind: String, _ percent: Int) -> JSON {
        ["route": "POST /platform/events*", "kind": .string(kind), "percent": .number(percent)]
      }
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          fault("drop_after_commit", 25), fault("drop_before", 15), fault("cut_body", 10),
        ]
      )
      try await trial.load.send(LeadLoad.Dose(leads: 120 * lane.times, rate: 20), seed: trial.seed)
      try await Task.sleep(for: .seconds(3))
      let struck = try JSON(parsing: try await sandbox.call("GET", "/faults")).array ?? []
      await trial.countStrike(struck.reduce(0) { $0 + ($1["fired"]?.int ?? 0) })
      try await sandbox.call("DELETE", "/faults")
    }
  }
}

extension ChaosTest {
  static func refusals(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T18", title: "RD Station refuses: a dead letter each, and all heal by a retry") {
      trial in
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      let times = 5 * lane.times
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          [
            "route": "POST /platform/events*", "kind": "status", "status": 400,
            "times": .number(times),
          ]
        ]
      )
      try await trial.load.send(LeadLoad.Dose(leads: 20 * lane.times), seed: trial.seed)
      _ = try await trial.waitUntilQuiet(seconds: 90)
      await trial.countStrike(times)
      try await sandbox.call("DELETE", "/faults")
      let dead = try await trial.fleet.ledgers().reduce(0) { $0 + $1.dead }
      if dead == 0 { await trial.complain("RD Station refused, and there is no dead letter (I7)") }
      try await trial.fleet.retryDeadLetters()
    }
  }
}

// MARK: Input

extension ChaosTest {
  static func everyWebhookTenTimes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T24", title: "each webhook ten times at once, in two integrations") { trial in
      var dose = LeadLoad.Dose(leads: 40 * lane.times, rate: 10, copies: 10)
      dose.integrations = trial.fleet.integrations
      try await trial.load.send(dose, seed: trial.seed)
      await trial.countStrike(dose.leads * dose.copies)
    }
  }

  static func shuffledEvents(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T25", title: "events of one lead shuffled: the newest state stays") { trial in
      var dose = LeadLoad.Dose(leads: 200 * lane.times, people: 20 * lane.times, rate: 40)
      dose.isShuffled = true
      // Some answers take their time, so that a later event's call could overtake an earlier one's.
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          [
            "route": "POST /platform/events*", "kind": "latency", "percent": 50,
            "milliseconds": 400,
          ]
        ]
      )
      try await trial.load.send(dose, seed: trial.seed)
      await trial.countStrike(dose.leads)
      _ = try await trial.waitUntilQuiet(seconds: 90)
      try await sandbox.call("DELETE", "/faults")
    }
  }

  static func hostileText(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T28", title: "hostile text is refused or stored, and kills nobody") { trial in
      await trial.allowDead()
      let before = await trial.fleet.deaths()
      for body in HostileText.bodies {
        guard let answer = await trial.load.attempt(body, to: "acme") else {
          await trial.complain("a hostile body was never answered")
          continue
        }
        await trial.countStrike()
        switch answer.status {
        case 200, 202: try await trial.owed.note(answer.body, of: "acme")
        case 204, 400, 413, 415, 422: continue
        default: await trial.complain("a hostile body was answered with \(answer.status)")
        }
      }
      try await trial.load.send(LeadLoad.Dose(leads: 10), seed: trial.seed)
      let died = await trial.fleet.deaths() - before
      if died > 0 { await trial.complain("\(died) programs died of hostile text") }
    }
  }
}
