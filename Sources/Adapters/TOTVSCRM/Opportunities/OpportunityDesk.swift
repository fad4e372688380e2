import Belt
import Leads
import StrictJSON

/// Makes and changes the opportunities of one integration.
struct OpportunityDesk: Sendable {
  let calls: TOTVSCalls
  let preferences: @Sendable () async throws(CRMError) -> TOTVSPreferences

  func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    let preferences: TOTVSPreferences
    let tenant: TOTVSTenant
    do throws(CRMError) {
      preferences = try await self.preferences()
      tenant = try await TOTVSTenant([.users, .places], by: calls)
    } catch {
      return drafts.map { _ in .failure(error) }
    }
    return await calls.each(drafts) { draft async throws(CRMError) in
      let opportunity = TOTVSOpportunity(
        draft,
        at: try TOTVSPlace(of: draft, in: tenant, variables: preferences.variables),
        responsible: try TOTVSResponsible(
          draft.owner,
          in: tenant,
          variables: preferences.variables
        ),
        in: calls.integration,
        tagField: preferences.tagField
      )
      return try await calls.create(
        .opportunities,
        opportunity.body,
        marked: opportunity.externalID
      )
    }
  }

  func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    await calls.each(markers) { marker async throws(CRMError) in
      let externalID = TOTVSOpportunity.externalID(of: marker, in: calls.integration)
      return try await calls.records(.opportunities, RestQuery("externalId", externalID)).oldest
    }
  }

  func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    let tagField: String?
    let stages: [TOTVSTenant.Entry]
    do throws(CRMError) {
      tagField = try await preferences().tagField
      stages = try await TOTVSTenant.stages(by: calls)
    } catch {
      return records.map { _ in .failure(error) }
    }
    return await calls.each(records) { record async throws(CRMError) in
      guard let row = try await calls.record(.opportunities, record) else { return nil }
      return try OpportunityReading(row).state(stages: stages, tagField: tagField)
    }
  }

  func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await calls.each(revisions) { revision async throws(CRMError) in
      try await set(revision.fields.map(\.customField), of: revision.record)
    }
  }

  /// A tenant without the field for it shows no history, and nothing fails for that.
  func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    let hasField: Bool
    do throws(CRMError) {
      hasField = try await calls.table(.opportunityFields).contains {
        $0["name"]?.string == OwnField.history
      }
    } catch {
      return histories.map { _ in .failure(error) }
    }
    return await calls.each(histories) { history async throws(CRMError) in
      guard hasField, !history.items.isEmpty else { return }
      let text = JSON.string(HistoryText(history.items).text)
      try await set([(OwnField.history, text)], of: history.record)
    }
  }

  func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    let preferences: TOTVSPreferences
    do throws(CRMError) {
      preferences = try await self.preferences()
    } catch {
      return changes.map { _ in .failure(error) }
    }
    return await calls.each(changes) { change async throws(CRMError) in
      guard let field = preferences.tagField else { throw .noTagField }
      return try await set(change, in: field)
    }
  }

  /// Writes only where the record shows something else, since every update starts the CRM's workflows.
  private func set(_ fields: [(name: String, value: JSON)], of record: CRMRecord)
    async throws(CRMError)
  {
    guard let row = try await calls.record(.opportunities, record) else { throw .absent }
    guard let body = CustomFields.update(fields, of: row) else { return }
    try await calls.update(.opportunities, record, body)
  }

  /// The version that was read guards the update: where somebody was quicker, nothing is written.
  private func set(_ change: TagChange, in field: String) async throws(CRMError) -> Bool {
    guard let row = try await calls.record(.opportunities, change.record) else { return false }
    let shown = TagText(in: CustomFields.value(field, in: row)).tags
    if Set(shown) == Set(change.tags) { return true }
    guard Set(shown) == Set(change.read),
      case .object(var body)? = CustomFields.update([(field, TagText(change.tags).json)], of: row)
    else { return false }
    body["version"] = .number(try OpportunityReading(row).version)
    do throws(CRMError) {
      try await calls.update(.opportunities, change.record, .object(body))
      return true
    } catch {
      guard error.reason.code == CRMError.conflictCode else { throw error }
      return false
    }
  }
}

extension CRMError {
  static let conflictCode = "totvs_conflict"

  fileprivate static let noTagField = CRMError(
    .configuration,
    Reason(
      "totvs_no_tag_field",
      "TOTVS CRM has no tags of its own, and the settings name no field that holds them."
    )
  )
}
