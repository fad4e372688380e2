import Belt
import Leads

/// What is to break in an account, and what has broken.
struct MemoryTrouble: Sendable {
  private struct Strike: Sendable {
    let fault: CRMFault
    let call: CRMCall?
    var served: Int

    func meets(_ other: CRMCall) -> Bool {
      switch (call, fault) {
      case (let call?, _): call == other
      // What is lost is the answer of something that acts.
      case (nil, .answerLost), (nil, .commitLate): other == .create
      case (nil, _): true
      }
    }
  }

  private var strikes: [Strike] = []
  private var isLoginDead = false
  /// What is carried out later than it was answered.
  private var late: [OpportunityDraft] = []

  mutating func strike(_ fault: CRMFault, at call: CRMCall?, after served: Int) {
    strikes.append(Strike(fault: fault, call: call, served: served))
  }

  mutating func renewLogin() { isLoginDead = false }

  mutating func takeLate() -> [OpportunityDraft] {
    defer { late = [] }
    return late
  }

  /// What this call meets.
  private mutating func next(at call: CRMCall) -> CRMFault? {
    if isLoginDead { return .loginDead }
    guard let place = strikes.firstIndex(where: { $0.meets(call) }) else { return nil }
    guard strikes[place].served == 0 else {
      strikes[place].served -= 1
      return nil
    }
    return strikes.remove(at: place).fault
  }

  /// - Returns: Whether the answer of the call, which is carried out, arrives.
  /// - Throws: Why it did nothing, or what came in the place of its answer.
  fileprivate mutating func meet(_ call: CRMCall, creating draft: OpportunityDraft?)
    throws(CRMError) -> Bool
  {
    switch next(at: call) {
    case nil: return true
    case .answerLost?: return false
    case .commitLate?:
      if let draft { late.append(draft) }
      throw .answerLost
    case .away?: throw CRMError(.unavailable, Reason("memory_away", "The CRM is away."))
    case .loginDead?:
      isLoginDead = true
      throw CRMError(
        .loginEnded,
        Reason("memory_login_dead", "The CRM does not take the login any more.")
      )
    case .quotaUsedUp?:
      throw CRMError(
        .rateLimited(after: .seconds(7)),
        Reason("memory_quota", "The CRM's quota is used up.")
      )
    case .notAsDocumented?:
      // What may be repeated is, and what acts once is read back.
      let reason = Reason("memory_unreadable", "The CRM's answer cannot be understood.")
      throw CRMError(call == .create ? .outcomeUnknown : .unavailable, reason)
    }
  }
}

extension MemoryOffice.Books {
  mutating func call<Answer>(
    _ call: CRMCall,
    creating draft: OpportunityDraft?,
    _ body: (inout Self) throws(CRMError) -> Answer
  ) throws(CRMError) -> Answer {
    let isAnswered = try trouble.meet(call, creating: draft)
    let answer = try body(&self)
    guard isAnswered else { throw .answerLost }
    return answer
  }
}

extension CRMError {
  fileprivate static let answerLost = CRMError(
    .outcomeUnknown,
    Reason("memory_answer_lost", "The CRM's answer was lost.")
  )
}
