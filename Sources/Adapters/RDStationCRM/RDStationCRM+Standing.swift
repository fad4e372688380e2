import Belt
package import Leads
import StrictJSON

extension RDStationCRM {
  package func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    await each(records) { record async throws(CRMError) in
      guard let deal = try await self.deal(record) else { return nil }
      return try await state(of: deal)
    }
  }

  /// Only what is not so yet is written: each write is a webhook that comes back.
  package func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await each(revisions) { revision async throws(CRMError) in
      let values = try FieldValues(revision.fields, of: .opportunity, in: try await self.lists)
      guard let deal = try await self.deal(revision.record) else { throw .absent }
      var change = DealChange(fields: values.changed(from: deal.fields))
      if let value = values.text(.value), JSON.number(value).amount != deal.value {
        change.value = value
      }
      change.expectedClose = values.text(.expectedClose)
      try await setOrigin(&change, values)
      guard change != DealChange() else { return }
      try await making { () async throws(CallError) in
        try await api.change(deal: deal.id, change)
      }
    }
  }

  /// Assumed: nothing makes a write conditional, so the tags are read just before it; who changes them
  /// between the two is overwritten.
  package func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    await each(changes) { change async throws(CRMError) in
      guard let field = try await self.lists.tags(named: tagsField) else {
        throw .settings(
          "tags_field_gone",
          "RD Station CRM has no multiple choice “\(tagsField)” of deals that takes new options."
        )
      }
      guard let deal = try await self.deal(change.record) else { return false }
      let held = deal.texts(field.key)
      guard Set(held) == Set(change.read) else { return false }
      guard Set(held) != Set(change.tags) else { return true }
      let tags = DealChange(fields: [field.key: .array(change.tags.map(JSON.string))])
      try await making { () async throws(CallError) in
        try await api.change(deal: deal.id, tags)
      }
      return true
    }
  }

  package func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    await each(histories) { history async throws(CRMError) in
      guard let deal = try await self.deal(history.record) else { throw .absent }
      if let contact = history.contact, api.tiesApart {
        try await making { () async throws(CallError) in
          try await api.tie(deal: deal.id, to: contact.id)
        }
      }
      let notes = try await preparing { () async throws(CallError) in
        try await api.notes(of: deal.id)
      }
      guard let text = HistoryNote(history.items, besides: notes).text else { return }
      try await making { () async throws(CallError) in
        try await api.add(note: text, to: deal.id, by: deal.userID ?? "")
      }
    }
  }

  private func deal(_ record: CRMRecord) async throws(CRMError) -> Deal? {
    try await preparing { () async throws(CallError) in try await api.deal(record.id) }
  }

  /// A stage that is not known yet was made since: the lists are asked for once more.
  private func state(of deal: Deal) async throws(CRMError) -> OpportunityState {
    var lists = try await self.lists
    if lists.stage(id: deal.stageID) == nil {
      await memory.forget(api.integration)
      lists = try await self.lists
    }
    return OpportunityState(
      status: deal.status,
      stage: lists.stage(id: deal.stageID)?.name ?? deal.stageID,
      value: deal.value,
      lossReason: deal.status == .lost ? deal.lossReason : nil,
      tags: lists.tags(named: tagsField).map { deal.texts($0.key) } ?? [],
      version: deal.version
    )
  }
}

extension Deal {
  /// What a multiple choice holds.
  fileprivate func texts(_ key: String) -> [String] {
    fields[key]?.array?.compactMap(\.string) ?? []
  }
}
