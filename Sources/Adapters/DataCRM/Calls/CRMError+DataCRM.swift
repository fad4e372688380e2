import Belt
import Leads
import OutsideCalls

/// From what happened to a call to what the port says of it.
extension CRMError {
  init(_ error: CallError) {
    self.init(error, isOfSettings: error.isOfSettings)
  }

  static func settings(_ code: String, _ sentence: String) -> CRMError {
    CRMError(.configuration, Reason("datacrm_\(code)", sentence))
  }

  static let recordGone = CRMError(
    .refused,
    Reason("datacrm_record_gone", "DataCRM does not hold the record any more.")
  )
}

extension CallError {
  var type: String? {
    guard case .refused(let type, _) = cause else { return nil }
    return type
  }

  /// A record that was deleted, merged into another, or is hidden from the login's user.
  var isOfGoneRecord: Bool { type == DataCRMFault.denied || cause == .notFound }

  var isOfDuplicate: Bool { type == DataCRMFault.duplicate }

  /// An operation that the account's core does not have: it may answer with no JSON at all, or fail.
  var isOfMissingOperation: Bool {
    type == "UNKNOWN_OPERATION" || cause == .unreadable || status == 500
  }

  /// What a person mends in the settings or at DataCRM.
  fileprivate var isOfSettings: Bool {
    [DataCRMFault.denied, "OPERATION_NOT_SUPPORTED", "UNKOWN_ENTITY", "UNKNOWN_OPERATION"]
      .contains(type)
  }
}
