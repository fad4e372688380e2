/// One row of the list of reliability tests, at the size of its lane.
struct ChaosTest: Sendable {
  let id: String
  let title: String
  /// Only at night, or when it is asked for by name.
  var isNightly = false
  let run: @Sendable (Trial) async throws -> Void
}

/// How much of everything.
enum Lane: String, CaseIterable, Sendable {
  case quick, night

  func dose(_ quick: Int, _ night: Int) -> Int { self == .quick ? quick : night }
}

extension ChaosTest {
  static func all(_ lane: Lane) -> [ChaosTest] {
    [
      everyWebhookTenTimes(lane), shuffledEvents(lane), kills(lane), randomKills(lane),
      stops(lane), brokerCrashes(lane), alarms(lane), databaseCrashes(lane), lostSessions(lane),
      networks(lane), lostAnswers(lane), refusals(lane),
      // Last, for it may leave dead letters.
      hostileText(lane),
    ]
  }
}
