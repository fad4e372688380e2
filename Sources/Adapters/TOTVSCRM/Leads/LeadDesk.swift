import Belt
import Leads
import StrictJSON

/// Finds and makes the leads of one integration (totvs-crm.md 7).
struct LeadDesk: Sendable {
  let calls: TOTVSCalls
  let preferences: @Sendable () async throws(CRMError) -> TOTVSPreferences

  /// By the strongest key that finds somebody; of several leads the oldest.
  func find(_ query: RecordQuery) async throws(CRMError) -> CRMRecord? {
    for filter in query.keys.compactMap(\.filter) {
      if let found = try await calls.records(.leads, filter).oldest { return found }
    }
    return nil
  }

  func put(_ drafts: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    let preferences: TOTVSPreferences
    let tenant: TOTVSTenant
    do throws(CRMError) {
      preferences = try await self.preferences()
      tenant = try await TOTVSTenant([.users], by: calls)
    } catch {
      return drafts.map { _ in .failure(error) }
    }
    return await calls.each(drafts) { draft async throws(CRMError) in
      try await put(draft, in: tenant, preferences.variables)
    }
  }

  /// A lead that the CRM has stays as people keep it (B054); it only gets RD Station's id, where it has
  /// none (B053).
  private func put(_ draft: RecordDraft, in tenant: TOTVSTenant, _ variables: TOTVSVariables)
    async throws(CRMError) -> CRMRecord
  {
    if let known = try await known(draft) {
      if let id = draft.rdStationID, CustomFields.text(OwnField.rdStationID, in: known.row) == nil,
        let body = CustomFields.update([(OwnField.rdStationID, .string(id))])
      {
        try await calls.update(.leads, known.record, body)
      }
      return known.record
    }
    let lead = try TOTVSLead(
      draft,
      responsible: TOTVSResponsible(draft.owner, in: tenant, variables: variables),
      in: calls.integration,
      variables: variables
    )
    return try await calls.create(.leads, lead.body, marked: lead.externalID)
  }

  /// The lead that we know, unless it was deleted or merged meanwhile; else one that is ours by its
  /// `externalId`; else whom the keys find.
  private func known(_ draft: RecordDraft) async throws(CRMError) -> (
    record: CRMRecord, row: JSON
  )? {
    let ours = TOTVSLead.externalID(of: draft, in: calls.integration)
    let filters: [RestQuery?] =
      [draft.record.flatMap { RestQuery("id", $0.id) }, RestQuery("externalId", ours)]
      + draft.keys.map(\.filter)
      // As it was given: the key is the mailbox behind it.
      + [draft.email.flatMap { RestQuery("emails.email", .equalsLoosely, $0.trimmed) }]
    var asked: Set<RestQuery> = []
    for filter in filters.compactMap(\.self) where asked.insert(filter).inserted {
      let rows = try await calls.records(.leads, filter)
      if let record = rows.oldest, let row = rows.first(where: { $0["id"]?.string == record.id }) {
        return (record, row)
      }
    }
    return nil
  }
}

extension MatchKey {
  /// Nil for a key by which TOTVS CRM is not searched.
  fileprivate var filter: RestQuery? {
    switch kind {
    case .rdUUID: RestQuery("customFields.\(OwnField.rdStationID)", value)
    case .crmID: RestQuery("id", value)
    case .email: RestQuery("emails.email", .equalsLoosely, value)
    case .mobile, .phone, .taxID, .companyName: nil
    }
  }
}
