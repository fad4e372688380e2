import Belt
import BeltStorage
import Leads

/// Why a call at a CRM did not end well.
struct CRMTrouble: CallTrouble {
  let meaning: CallMeaning
  let isLate: Bool
  private let reason: Reason

  /// Each call at a CRM is answered for itself.
  var mayBeOfAnother: Bool { false }

  private init(_ meaning: CallMeaning, _ reason: Reason, isLate: Bool = false) {
    self.meaning = meaning
    self.reason = reason
    self.isLate = isLate
  }

  /// Of a call that may be made again: whatever became of it, another one does no harm.
  init(_ error: CRMError) {
    if case .unknown = error.meaning {
      self.init(.retry, error.reason)
    } else {
      self.init(error.meaning, error.reason)
    }
  }

  /// Nil for a call that ended well.
  init?(_ answer: Result<Void, CRMError>) {
    guard case .failure(let error) = answer else { return nil }
    self.init(error)
  }

  /// Of a create, which is made once.
  init(ofCreate error: CRMError) {
    if case .unknown = error.meaning {
      self.init(error.meaning, .outcomeUnknown)
    } else {
      self.init(error.meaning, error.reason)
    }
  }

  func reason(of _: Message) -> Reason { reason }

  static let late = CRMTrouble(
    .wait(.seconds(5)),
    Reason("crm_late", "There was no time left to call the CRM."),
    isLate: true
  )
}

extension CRMError {
  /// An adapter that forgot an item of its batch.
  static let noAnswer = CRMError(
    .outcomeUnknown,
    Reason("crm_no_answer", "The CRM's adapter gave no answer.")
  )
}

extension Reason {
  fileprivate static let outcomeUnknown = Reason(
    "crm_outcome_unknown",
    "It is not known whether the CRM created the opportunity; it is looked for there."
  )
}
