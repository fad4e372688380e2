internal import SandboxLeads

/// What the core does with what is to be saved in a module.
struct DataCRMSave: Sendable {
  private let module: DataCRMModule
  private let settings: DataCRMSettings
  private let user: String
  private let now: Timestamp

  init(
    _ module: DataCRMModule,
    _ settings: DataCRMSettings,
    by user: String,
    at now: Timestamp
  ) {
    self.module = module
    self.settings = settings
    self.user = user
    self.now = now
  }

  /// The fields that count, as their columns keep them.
  ///
  /// Unknown ones, those of the system, and those that the user's profile may not write are left out
  /// without a word. Lists, addresses and numbers are not checked.
  ///
  /// `keepsEmptyReferences`: of `revise`, which clears them; others drop them.
  func values(
    _ element: [String: String],
    of state: DataCRMAccount.State,
    keepsEmptyReferences: Bool = false
  ) throws(Refusal) -> [String: String] {
    var values: [String: String] = [:]
    for (name, text) in element {
      guard let field = module.field(name), field.isEditable,
        !settings.readOnly.contains("\(module.name).\(name)")
      else { continue }
      if let target = field.target {
        if text.isEmpty, !keepsEmptyReferences { continue }
        guard
          text.isEmpty || state.records[text].map({ $0.module == target && !$0.isDeleted }) == true
        else { throw DataCRMErrors.badReference }
      }
      if field.type == "owner", !state.owns(text) { throw DataCRMErrors.badOwner }
      values[name] = try field.stored(text, settings)
    }
    return values
  }

  func checkRequired(_ values: [String: String]) throws(Refusal) {
    for field in module.fields {
      let isRequired =
        field.isRequired
        || (settings.dealNeedsClient && module.name == "Potentials" && field.name == "related_to")
      if isRequired, values[field.name]?.isEmpty != false {
        throw DataCRMErrors.missing(field.name)
      }
    }
  }

  func checkDuplicate(
    _ values: [String: String],
    in state: DataCRMAccount.State,
    besides id: String?
  ) throws(Refusal) {
    guard !settings.allowsDuplicates, let field = module.uniqueField,
      let value = values[field], !value.isEmpty
    else { return }
    if state.records(of: module.name).contains(where: { $0.id != id && $0[field] == value }) {
      throw DataCRMErrors.duplicate(of: module.name, inSpanish: settings.speaksSpanish)
    }
  }

  /// Each save does so, also one that changes nothing.
  func stamp(_ values: inout [String: String]) {
    values["modifiedtime"] = now.dataCRM
    values["modifiedby"] = user
  }
}
