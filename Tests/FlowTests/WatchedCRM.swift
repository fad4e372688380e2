import Belt
import CRMConformance
import Leads

/// A CRM with somebody who sees each call before it is made, and after it was; what they throw is the
/// call's answer.
struct WatchedCRM: CRM {
  enum Moment: Sendable {
    case before, after
  }

  let base: any CRM
  let watch: @Sendable (CRMCall, Moment) async throws(CRMError) -> Void

  var traits: CRMTraits { base.traits }

  private func watched<Item, Answer>(
    _ call: CRMCall,
    _ items: [Item],
    _ work: () async -> [Result<Answer, CRMError>]
  ) async -> [Result<Answer, CRMError>] {
    do throws(CRMError) {
      try await watch(call, .before)
      let answers = await work()
      try await watch(call, .after)
      return answers
    } catch {
      return items.map { _ in .failure(error) }
    }
  }

  func catalogue() async throws(CRMError) -> CRMCatalogue? { try await base.catalogue() }

  func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    await watched(.find, queries) { await base.find(queries) }
  }

  func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    await watched(.put, records) { await base.put(records) }
  }

  func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    await watched(.create, drafts) { await base.create(drafts) }
  }

  func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    await watched(.findMarkers, markers) { await base.find(markers: markers) }
  }

  func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await watched(.revise, revisions) { await base.revise(revisions) }
  }

  func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    await watched(.attach, histories) { await base.attach(histories) }
  }

  func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    await watched(.read, records) { await base.read(records) }
  }

  func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    await watched(.setTags, changes) { await base.setTags(changes) }
  }

  func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] { try base.changes(in: hook) }
}
