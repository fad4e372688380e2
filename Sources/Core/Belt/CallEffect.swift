/// What a call does to an outside system; by that is decided what a failure of it means.
package enum CallEffect: Sendable, Hashable {
  /// It changes nothing.
  case reads
  /// A second call leaves what the first one left.
  case repeatable
  /// A second call does it a second time. Whether it was done is read back: the witness says where the
  /// other side shows our marker.
  case once(witness: String)
}

/// What to do about a call that did not end well.
package enum CallMeaning: Sendable, Hashable {
  /// Nothing was done, or it does no harm again; by the other side's word or because it is spared. Counts
  /// no attempt.
  case wait(Duration)
  /// Nothing was done, and nothing will be until the integration's login works again. Counts no attempt.
  case login
  /// Another call may succeed, and does no harm; counts an attempt.
  case retry
  /// Nothing was done, and no other call can help.
  case refused
  /// It may have been done: it is read back by its witness before anything else, no sooner than after
  /// the wait that the other side asked for.
  case unknown(after: Duration?)
}

extension CallError.Cause {
  /// The one table from what happened to what it means.
  ///
  /// | what happened | reads | repeatable | once |
  /// | --- | --- | --- | --- |
  /// | no call could be made of it; refused; not found | refused | refused | refused |
  /// | held back; quota used up; no time left | wait | wait | wait |
  /// | login refused or missing | login | login | login |
  /// | not a byte of it was sent; another change in the way | retry | retry | retry |
  /// | answer lost; answer not understood | retry | retry | unknown |
  /// | 408, 5xx | retry | retry | unknown |
  /// | the same, with a wait that is asked for | wait | wait | unknown, after it |
  package func meaning(of effect: CallEffect) -> CallMeaning {
    switch self {
    case .unfit, .refused, .notFound: return .refused
    case .heldBack(let wait), .limited(let wait, _): return .wait(wait)
    case .late: return .wait(.seconds(5))
    case .loginDead, .noLogin: return .login
    case .notSent, .conflict: return .retry
    case .lost, .unreadable, .failing:
      // An answer of 5xx does not say what was done before it went wrong, no more than none does.
      if case .once = effect { return .unknown(after: askedWait) }
      return askedWait.map { .wait($0) } ?? .retry
    }
  }

  private var askedWait: Duration? {
    if case .failing(let wait) = self { return wait }
    return nil
  }
}
