package import Belt
package import Leads
package import OutsideCalls

/// TOTVS CRM behind the port: leads for contacts, a name in the lead for the company, opportunities.
///
/// Every read is by an exact value, every change a partial update of one record, and nothing is ever
/// replaced as a whole.
package struct TOTVSCRM: CRM {
  /// Asked before what is made or shown depends on the settings.
  package typealias Preferences = @Sendable () async throws(CRMError) -> TOTVSPreferences

  private let calls: TOTVSCalls
  private let leads: LeadDesk
  private let opportunities: OpportunityDesk
  private let preferences: Preferences

  /// Binds it to an integration; nothing is called.
  ///
  /// - Parameters:
  ///   - caller: To TOTVS CRM, with the integrations' sessions.
  ///   - integration: Whose tenant it is.
  ///   - preferences: Of that integration.
  package init(_ caller: Caller, integration: String, preferences: @escaping Preferences) {
    calls = TOTVSCalls(caller: caller, integration: integration)
    leads = LeadDesk(calls: calls, preferences: preferences)
    opportunities = OpportunityDesk(calls: calls, preferences: preferences)
    self.preferences = preferences
  }

  package var traits: CRMTraits { CRMKind.totvs.traits }

  /// What the tenant offers.
  ///
  /// - Throws: ``CRMError`` of code `configuration` that names every variable of the settings which the
  ///   tenant does not have (B082).
  package func catalogue() async throws(CRMError) -> CRMCatalogue? {
    let variables = try await preferences().variables
    let tenant = try await TOTVSTenant.whole(by: calls)
    let problems = variables.problems(in: tenant)
    guard problems.isEmpty else {
      throw CRMError(.configuration, TOTVSVariablesError(problems: problems).reason)
    }
    return CRMCatalogue(tenant, defaultUser: variables.defaultUser)
  }

  /// A company is no record there, so none is found.
  package func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    await calls.each(queries) { query async throws(CRMError) in
      try await query.kind == .contact ? leads.find(query) : nil
    }
  }

  package func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    let contacts = records.filter { $0.kind == .contact }
    var put = await contacts.isEmpty ? [] : leads.put(contacts)
    return records.map { draft in
      draft.kind == .contact
        ? put.removeFirst() : Result { () throws(CRMError) in try TradingName(of: draft).record }
    }
  }

  package func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    await opportunities.create(drafts)
  }

  package func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    await opportunities.find(markers: markers)
  }

  package func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await opportunities.revise(revisions)
  }

  package func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    await opportunities.attach(histories)
  }

  package func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    await opportunities.read(records)
  }

  package func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    await opportunities.setTags(changes)
  }

  package func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] {
    [try WorkflowHook(hook).change].compactMap(\.self)
  }
}

extension CRMCatalogue {
  /// The standard fields of a lead, and the custom fields of both.
  fileprivate init(_ tenant: TOTVSTenant, defaultUser: String) {
    let standard = TOTVSField.allCases.filter { !$0.isAutomatic }
      .map { Field(record: .contact, name: $0.rawValue) }
    self.init(
      users: tenant.users.filter { $0.isActive && $0.hasRole }.map { User(email: $0.email) },
      pipelines: tenant.pipelines.map {
        Pipeline(name: $0.description, stages: $0.stages.map(\.description))
      },
      fields: standard + tenant.fields,
      defaultUser: defaultUser
    )
  }
}
