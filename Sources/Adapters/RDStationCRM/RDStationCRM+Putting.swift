import Belt
package import Leads

extension RDStationCRM {
  package func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    await each(records) { draft async throws(CRMError) in
      let lists = try await self.lists
      let values = try FieldValues(draft.fields, of: draft.kind, in: lists)
      switch draft.kind {
      case .contact: return try await putPerson(draft, values)
      case .company: return try await putCompany(draft, values, lists)
      case .opportunity:
        throw CRMError(.refused, Reason("rdcrm_put", "An opportunity is created, not put."))
      }
    }
  }

  /// A contact has no owner here.
  private func putPerson(_ draft: RecordDraft, _ values: FieldValues) async throws(CRMError)
    -> CRMRecord
  {
    let held = try await preparing { () async throws(CallError) in try await known(draft) }
    if let held {
      let change = PersonChange(of: held, to: draft, values)
      if !change.isNothing {
        try await preparing { () async throws(CallError) in
          try await api.change(person: held.id, change)
        }
      }
      return CRMRecord(id: held.id)
    }
    do throws(CallError) {
      return CRMRecord(id: try await api.add(PersonChange(creating: draft, values)).id)
    } catch {
      let failure = CRMError(error)
      guard failure.code == .outcomeUnknown else { throw failure }
      // A POST always makes a new one, so it is looked for before anybody tries again.
      let made = try await making { () async throws(CallError) in try await known(draft) }
      guard let made else { throw failure }
      return CRMRecord(id: made.id)
    }
  }

  /// By its id, by its keys, or by its number where it has no address.
  private func known(_ draft: RecordDraft) async throws(CallError) -> Person? {
    if let record = draft.record, let person = try await api.person(record.id) { return person }
    if let id = try await person(draft.keys) { return try await api.person(id) }
    guard draft.email?.nonBlank == nil, let phone = draft.phone else { return nil }
    return try await person(phone: phone)
  }

  private func putCompany(
    _ draft: RecordDraft,
    _ values: FieldValues,
    _ lists: AccountLists
  ) async throws(CRMError) -> CRMRecord {
    let known = try await preparing { () async throws(CallError) -> Company? in
      if let record = draft.record, let company = try await api.company(record.id) {
        return company
      }
      guard let id = try await company(draft.keys, name: draft.name) else { return nil }
      return try await api.company(id)
    }
    if let known {
      let change = CompanyChange(of: known, to: values)
      if !change.isNothing {
        try await preparing { () async throws(CallError) in
          try await api.change(company: known.id, change)
        }
      }
      return CRMRecord(id: known.id)
    }
    let owner = try draft.owner.map { email throws(CRMError) in try lists.owner(email).id }
    do throws(CallError) {
      return CRMRecord(id: try await api.add(CompanyChange(creating: draft, owner, values)).id)
    } catch {
      // A name stands once: who was refused for it, or does not know, finds what is there.
      let failure = CRMError(error)
      guard failure.code == .outcomeUnknown || failure.code == .refused else { throw failure }
      let made = try await making { () async throws(CallError) in
        try await company(draft.keys, name: draft.name)
      }
      guard let made else { throw failure }
      return CRMRecord(id: made)
    }
  }
}

extension AccountLists {
  /// - Throws: ``CRMError`` of code `configuration` for somebody who cannot be given work.
  func owner(_ email: String) throws(CRMError) -> User {
    guard let user = user(email) else {
      throw .settings("user_gone", "RD Station CRM has no active user \(email).")
    }
    return user
  }
}
