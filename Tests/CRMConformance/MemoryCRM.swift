package import Belt
package import Leads
import StrictJSON
import Synchronization

/// A CRM in memory, with people of its own, that no database shares: the port as an outside CRM fills it.
package struct MemoryCRM: CRM {
  package let traits: CRMTraits
  private let office: MemoryOffice
  private let integration: String

  package init(_ office: MemoryOffice, integration: String, traits: CRMTraits = .memory) {
    self.office = office
    self.integration = integration
    self.traits = traits
  }

  package func catalogue() async throws(CRMError) -> CRMCatalogue? {
    office.at(integration) { $0.catalogue }
  }

  package func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    queries.map { query in
      office.call(.find, integration) {
        $0.record(query.kind, keys: query.keys.filter(traits.isSearchedBy))
      }
    }
  }

  package func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    records.map { draft in
      office.call(.put, integration) { (books) throws(CRMError) in
        let known = books.record(of: draft, keys: draft.keys.filter(traits.isSearchedBy))
        try books.check(draft.fields, of: draft.kind)
        if known == nil { try books.check(owner: draft.owner) }
        return books.put(draft, at: known)
      }
    }
  }

  package func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    drafts.map { draft in
      office.call(.create, integration, creating: draft) { (books) throws(CRMError) in
        try books.check(draft.fields, of: .opportunity)
        try books.check(owner: draft.owner)
        if traits.createsOnce, let known = books.record(marked: draft.marker) { return known }
        return books.create(draft)
      }
    }
  }

  package func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    markers.map { marker in office.call(.findMarkers, integration) { $0.record(marked: marker) } }
  }

  package func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    revisions.map { revision in
      office.call(.revise, integration) { (books) throws(CRMError) in
        try books.check(revision.fields, of: .opportunity)
        try books.change(revision.record) { deal in
          for field in revision.fields { deal.fields[field.name] = field.values }
        }
      }
    }
  }

  package func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    histories.map { history in
      office.call(.attach, integration) { (books) throws(CRMError) in
        try books.change(history.record) { deal in
          deal.history += history.items.filter { !deal.history.contains($0) }
          deal.contact = history.contact ?? deal.contact
        }
      }
    }
  }

  package func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    records.map { record in office.call(.read, integration) { $0.deals[record]?.state } }
  }

  package func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    changes.map { change in
      office.call(.setTags, integration) { (books) throws(CRMError) in
        guard let deal = books.deals[change.record], Set(deal.state.tags) == Set(change.read) else {
          return false
        }
        try books.change(change.record) { $0.state.tags = change.tags }
        return true
      }
    }
  }

  package func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] {
    do {
      let json = try JSON(parsing: hook)
      if let id = json["deal"]?.string { return [CRMChange(.opportunity, CRMRecord(id: id))] }
      throw CRMError(.refused, .malformedHook)
    } catch let error as CRMError {
      throw error
    } catch {
      throw CRMError(.refused, .malformedHook)
    }
  }

  package func changes(since cursor: CRMCursor?) async throws(CRMError) -> CRMChanges {
    try office.call(.poll, integration) { books in
      let seen = cursor.flatMap { Int($0.text) } ?? books.changed.count
      let changes = books.changed[seen...].map { CRMChange(.opportunity, $0) }
      return CRMChanges(changes, next: CRMCursor("\(books.changed.count)"))
    }.get()
  }
}

extension CRMTraits {
  /// A CRM that is searched by e-mail and tax number, told by webhook and polled.
  package static var memory: CRMTraits {
    var traits = CRMTraits(
      personKeys: [.rdUUID, .crmID, .email],
      companyKeys: [.taxID, .companyName],
      missingPolicy: .refuse
    )
    traits.isPolled = true
    return traits
  }

  fileprivate func isSearchedBy(_ key: MatchKey) -> Bool {
    key.kind.isOfPerson ? personKeys.contains(key.kind) : companyKeys.contains(key.kind)
  }
}

extension Reason {
  fileprivate static let malformedHook = Reason("message_malformed", "No webhook of this CRM.")
}
