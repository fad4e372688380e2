import Postgres
import TestKit

/// The broker and the database die, or are full.
extension ChaosTest {
  static func brokerCrashes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T6", title: "broker killed, or stopped, in the middle of confirms") { trial in
      try await trial.under(rate: lane.dose(30, 100)) { trial in
        for _ in 0..<lane.dose(2, 25) {
          await trial.fleet.broker.kill()
          try await trial.fleet.broker.start()
          await trial.countStrike()
          await trial.recover(within: 15)
          try await Task.sleep(for: .seconds(2))
        }
        for _ in 0..<lane.dose(1, 25) {
          try await trial.fleet.broker.control(["stop_app"])
          try await trial.fleet.broker.control(["start_app"])
          await trial.countStrike()
          await trial.recover(within: 15)
          try await Task.sleep(for: .seconds(2))
        }
      }
    }
  }

  static func alarms(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T7", title: "memory and disk alarms: ingress answers within 3 s") { trial in
      await trial.owed.forgetSlowest()
      try await trial.under(rate: 20) { trial in
        for _ in 0..<lane.dose(1, 10) {
          for alarm in PrivateBroker.Alarm.allCases {
            try await trial.fleet.broker.set(alarm, true)
            await trial.countStrike()
            try await Task.sleep(for: .seconds(lane.dose(8, 60)))
            try await trial.fleet.broker.set(alarm, false)
            await trial.recover(within: 15)
          }
        }
      }
      let slowest = await trial.owed.slowest
      if slowest > .seconds(3) {
        await trial.complain("ingress answered after \(slowest / .milliseconds(1)) ms (I14)")
      }
    }
  }

  static func databaseCrashes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T11", title: "PostgreSQL killed and restarted") { trial in
      try await trial.under(rate: lane.dose(30, 100)) { trial in
        for _ in 0..<lane.dose(2, 20) {
          try await trial.fleet.postgres.restart()
          await trial.countStrike()
          await trial.recover(within: 10)
        }
        // Longer than anybody waits for a connection, so that work in hand meets the outage.
        for _ in 0..<lane.dose(1, 5) {
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
      try await trial.under(rate: lane.dose(40, 100)) { trial in
        for _ in 0..<lane.dose(12, 100) {
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
