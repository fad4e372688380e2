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
}

extension ChaosTest {
  /// What the lane runs.
  static func all(_ lane: Lane) -> [ChaosTest] {
    [
      everyWebhookTenTimes(lane), shuffledEvents(lane), kills(lane), stops(lane),
      brokerCrashes(lane), alarms(lane), databaseCrashes(lane), lostSessions(lane),
      networks(lane), lostAnswers(lane), refusals(lane),
      // Last, for it may leave dead letters.
      hostileText(lane),
    ] + (lane == .night ? long(lane) : [])
  }

  /// What runs only when it is asked for: too long for the lane, or made to catch a saboteur.
  static func byName(_ lane: Lane) -> [ChaosTest] {
    (lane == .quick ? long(lane) : []) + [fullQueues(lane), deathsBetween(lane)]
  }

  private static func long(_ lane: Lane) -> [ChaosTest] { [zombies(lane), randomKills(lane)] }
}
