/// One row of the list of reliability tests, at the size of its lane.
struct ChaosTest: Sendable {
  let id: String
  let title: String
  let run: @Sendable (Trial) async throws -> Void
}

/// How much of everything.
enum Lane: String, CaseIterable, Sendable {
  case quick, night

  func dose(_ quick: Int, _ night: Int) -> Int { self == .quick ? quick : night }

  /// For how many seconds a call of unknown outcome is looked for before it is made again.
  ///
  /// A late commit takes two thirds of it and the search lags by a sixth: 120 s and 30 s at night, in
  /// proportion where nobody has the time.
  var rdPatience: Int { dose(24, 180) }
  var lateCommitMilliseconds: Int { rdPatience * 1000 * 2 / 3 }
  var searchLagMilliseconds: Int { rdPatience * 1000 / 6 }
}

extension ChaosTest {
  /// What the lane runs; with it, every saboteur has a test that catches it.
  static func all(_ lane: Lane) -> [ChaosTest] {
    [
      everyWebhookTenTimes(lane), shuffledEvents(lane), kills(lane), deathsBetween(lane),
      zombies(lane), stops(lane), brokerCrashes(lane), alarms(lane), fullQueues(lane),
      databaseCrashes(lane), lostSessions(lane), networks(lane), lostAnswers(lane),
      refusals(lane), ownMarks(lane), largeBatches(lane),
      // Last, for it may leave dead letters.
      hostileText(lane),
    ] + (lane == .night ? [randomKills(lane)] : [])
  }

  /// What the lane leaves out and runs only when it is asked for.
  static func byName(_ lane: Lane) -> [ChaosTest] { lane == .night ? [] : [randomKills(lane)] }
}
