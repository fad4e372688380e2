import Belt
import Testing

/// The one table from what happened to a call to what becomes of its message.
struct CallMeaningTests {
  private static let system = OutsideSystem(name: "Sistema", code: "sys")

  private static let effects: [CallEffect] = [.reads, .repeatable, .once(witness: "marker")]

  /// One row each: what it means for a call that reads, one that may be repeated, one that acts once.
  private static let table: [(CallError.Cause, [CallMeaning])] = [
    (.unfit(code: "too_large", sentence: "It is too large."), [.refused, .refused, .refused]),
    (.refused(type: "INVALID", path: nil), [.refused, .refused, .refused]),
    (.notFound, [.refused, .refused, .refused]),
    (.heldBack(.seconds(5)), [.wait(.seconds(5)), .wait(.seconds(5)), .wait(.seconds(5))]),
    (.limited(.seconds(60)), [.wait(.seconds(60)), .wait(.seconds(60)), .wait(.seconds(60))]),
    (
      .limited(.seconds(60), ofOneRecord: true),
      [.wait(.seconds(60)), .wait(.seconds(60)), .wait(.seconds(60))]
    ),
    (.late, [.wait(.seconds(5)), .wait(.seconds(5)), .wait(.seconds(5))]),
    (.loginDead, [.login, .login, .login]),
    (.noLogin, [.login, .login, .login]),
    (.notSent, [.retry, .retry, .retry]),
    (.conflict, [.retry, .retry, .retry]),
    (.lost, [.retry, .retry, .unknown(after: nil)]),
    (.unreadable, [.retry, .retry, .unknown(after: nil)]),
    (.failing(wait: nil), [.retry, .retry, .unknown(after: nil)]),
    (
      .failing(wait: .seconds(90)),
      [.wait(.seconds(90)), .wait(.seconds(90)), .unknown(after: .seconds(90))]
    ),
  ]

  @Test func `each failure means the same at every system, by what the call does`() {
    for (cause, meanings) in Self.table {
      for (effect, meaning) in zip(Self.effects, meanings) {
        #expect(cause.meaning(of: effect) == meaning, "\(cause) of \(effect)")
      }
    }
  }

  private static func message(deferrals: Int = 0) -> Message {
    var message = Message(
      id: Identifier(high: 1, low: 1),
      type: "t",
      stage: "s",
      integration: "acme",
      journey: Identifier(high: 2, low: 2),
      body: []
    )
    message.deferrals = deferrals
    return message
  }

  @Test(
    arguments: [
      (.notSent, "retry sys_not_reached"),
      (.conflict, "retry sys_conflict"),
      (.lost, "retry sys_unavailable"),
      (.failing(wait: nil), "retry sys_unavailable"),
      (.failing(wait: .seconds(90)), "wait 90 sys_unavailable"),
      (.limited(.seconds(1)), "wait 5 sys_rate_limited"),
      (.limited(.seconds(70)), "wait 70 sys_rate_limited"),
      (.heldBack(.seconds(5)), "wait 5 sys_held_back"),
      (.late, "wait 5 sys_late"),
      (.loginDead, "wait 30 sys_login_dead"),
      (.noLogin, "wait 30 sys_no_token"),
      (.notFound, "reject sys_not_found"),
      (.refused(type: "INVALID_FIELDS", path: nil), "reject sys_refused_invalid_fields"),
      (.unfit(code: "too_large", sentence: "It is too large"), "reject sys_too_large"),
    ] as [(CallError.Cause, String)]
  )
  func `a message whose call may be repeated waits, is tried again or is given up`(
    cause: CallError.Cause,
    expected: String
  ) {
    let error = CallError(cause, of: .repeatable, at: Self.system)
    let words =
      switch error.outcome(of: Self.message()) {
      case .done: "done"
      case .snooze(let wait, let reason): "wait \(wait.components.seconds) \(reason.code)"
      case .retry(let reason): "retry \(reason.code)"
      case .reject(let reason): "reject \(reason.code)"
      }
    #expect(words == expected)
  }

  @Test func `waits of a backlog grow, and never below what is asked for`() {
    let waits = [0, 12, 60, 120].map { deferrals -> Duration? in
      let error = CallError(.heldBack(.seconds(20)), of: .reads, at: Self.system)
      guard case .snooze(let wait, _) = error.outcome(of: Self.message(deferrals: deferrals)) else {
        return nil
      }
      return wait
    }
    #expect(waits == [.seconds(20), .seconds(30), .seconds(300), .seconds(300)])
  }

  @Test func `a lost answer is told as what it is to the call`() {
    func code(_ effect: CallEffect) -> String {
      CallError(.lost, of: effect, at: Self.system).reason.code
    }
    #expect(
      Self.effects.map(code) == ["sys_unavailable", "sys_unavailable", "sys_outcome_unknown"]
    )
  }
}
