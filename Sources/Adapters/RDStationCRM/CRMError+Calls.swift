import Belt
import Leads
import OutsideCalls

extension CRMError {
  /// What a failed call means to those who asked the CRM for something.
  init(_ error: CallError) {
    self.init(error, isOfSettings: error.isOfSettings)
  }

  /// A failed call of those that prepare a change: whatever became of it, the change was not made.
  init(preparing error: CallError) {
    let failure = CRMError(error)
    self = failure.code == .outcomeUnknown ? CRMError(.unavailable, failure.reason) : failure
  }

  static func settings(_ word: String, _ sentence: String) -> CRMError {
    CRMError(.configuration, Reason("rdcrm_\(word)", sentence))
  }

  static let absent = CRMError(
    .refused,
    Reason("rdcrm_absent", "RD Station CRM does not hold the opportunity any more.")
  )
}

extension CallError {
  /// A field, an option or another thing that the settings name is not as the settings say.
  fileprivate var isOfSettings: Bool {
    guard case .refused(let type, _) = cause else { return false }
    return type == "CUSTOM_FIELD"
  }
}

/// Does calls for a change, and tells what fails as ``CRMError``.
func preparing<Answer>(_ call: () async throws(CallError) -> Answer) async throws(CRMError)
  -> Answer
{
  do throws(CallError) {
    return try await call()
  } catch {
    throw CRMError(preparing: error)
  }
}

/// Makes the call that changes something, and tells what fails as ``CRMError``.
func making<Answer>(_ call: () async throws(CallError) -> Answer) async throws(CRMError) -> Answer {
  do throws(CallError) {
    return try await call()
  } catch {
    throw CRMError(error)
  }
}
