package import Belt
package import Leads
import StrictJSON

extension RDStationCRM {
  package func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    var results: [Result<CRMRecord, CRMError>] = []
    // One after the other: what ends a login is met once, and nothing is made beside it.
    for draft in drafts {
      results.append(await forgetting { () async throws(CRMError) in try await create(draft) })
    }
    return results
  }

  private func create(_ draft: OpportunityDraft) async throws(CRMError) -> CRMRecord {
    let deal = try await created(try await prepared(draft))
    guard let contact = draft.contact, api.tiesApart else { return CRMRecord(id: deal) }
    do throws(CallError) {
      try await api.tie(deal: deal, to: contact.id)
      return CRMRecord(id: deal)
    } catch {
      // The deal is there: what is left is told as unknown, so that it is looked for and finished.
      throw CRMError(.outcomeUnknown, error.reason)
    }
  }

  /// What a 404 means depends on what was asked: here it is something that the deal refers to.
  private func created(_ change: DealChange) async throws(CRMError) -> String {
    do throws(CallError) {
      return try await api.add(change)
    } catch {
      guard error.cause == .notFound else { throw CRMError(error) }
      throw .settings(
        "reference_gone",
        "RD Station CRM does not have the stage, user, company or contact (any more)."
      )
    }
  }

  /// Names become ids; nothing is made of the deal yet.
  private func prepared(_ draft: OpportunityDraft) async throws(CRMError) -> DealChange {
    let lists = try await self.lists
    guard let stage = lists.stage(draft.stage, of: draft.pipeline) else {
      throw .settings(
        "stage_gone",
        "RD Station CRM has no stage “\(draft.stage)” in a pipeline “\(draft.pipeline)”."
      )
    }
    let values = try FieldValues(draft.fields, of: .opportunity, in: lists)
    var change = DealChange(
      name: DealReference(draft.marker).name(draft.title),
      stageID: stage.id,
      userID: try lists.owner(draft.owner).id,
      rating: draft.rating,
      organizationID: draft.company?.id,
      contactID: draft.contact?.id,
      value: values.text(.value),
      expectedClose: values.text(.expectedClose),
      fields: values.custom
    )
    // An account without such a field shows no tags.
    if let field = lists.tags(named: tagsField), !draft.tags.isEmpty {
      change.fields[field.key] = .array(draft.tags.map(JSON.string))
    }
    try await setOrigin(&change, values)
    return change
  }

  /// Source and campaign, by their names; one that is not there is made.
  func setOrigin(_ change: inout DealChange, _ values: FieldValues) async throws(CRMError) {
    if let name = values.text(.source) {
      change.sourceID = try await preparing { () async throws(CallError) in
        if let known = try await api.source(name) { return known }
        return try await api.addSource(name)
      }
    }
    if let name = values.text(.campaign) {
      change.campaignID = try await preparing { () async throws(CallError) in
        if let known = try await api.campaign(name) { return known }
        return try await api.addCampaign(name)
      }
    }
  }

  package func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    await each(markers) { marker async throws(CRMError) in
      let reference = DealReference(marker)
      return try await making { () async throws(CallError) in
        try await api.deals(named: reference.text).first { reference.isIn($0.name) }
      }
      .map { CRMRecord(id: $0.id) }
    }
  }
}
