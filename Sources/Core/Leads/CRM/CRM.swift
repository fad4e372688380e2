package import Belt

/// One CRM, bound to one integration and its login.
///
/// Calls take a batch and answer for each item, in order, so that an adapter may share a transaction, a
/// connection or a rate limit. What a CRM can do is said by its ``traits``; nobody asks which one it is.
/// Every adapter passes one conformance suite, the one in memory too.
package protocol CRM: Sendable {
  var traits: CRMTraits { get }

  /// What the CRM offers to choose from now; nil where it has no catalogue of its own, and the settings
  /// say what there is.
  func catalogue() async throws(CRMError) -> CRMCatalogue?

  /// Looks for people and companies by their keys, the strongest first, and changes nothing; nil for one
  /// that the CRM does not hold.
  func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>]

  /// Makes the CRM hold contacts and companies: one that it knows by its id or its keys is brought up to
  /// date and keeps its owner, any other is created.
  ///
  /// Repeating it makes no second record, also when the outcome of the first call was not known.
  func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>]

  /// Creates opportunities that carry our marker; the CRM's ids of contact and company stand in the draft.
  /// Their history is handed on by ``attach(_:)``; a CRM that keeps it in the opportunity may take it now.
  ///
  /// Never repeated by an adapter. Only where the traits say `createsOnce` does a second call with the
  /// same marker answer with the first one's record.
  func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>]

  /// The opportunities that carry these markers; nil for one that the CRM does not show (yet).
  func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>]

  /// Brings opportunities up to date: the fields become these, others stay; of history see
  /// ``create(_:)``. Repeating it does no harm.
  func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>]

  /// Makes the lead's history a part of its opportunity, and links its contact where a CRM does that by a
  /// call of its own. Repeating it adds no line and no link twice.
  func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>]

  /// Opportunities as they stand now; nil for one that the CRM does not hold.
  func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>]

  /// Makes the tags of opportunities exactly these, where the CRM shows them as they were read; false
  /// where somebody has changed them meanwhile, and then nothing is written.
  func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>]

  /// What a webhook of this CRM says has changed: always read back before it is believed.
  ///
  /// - Throws: ``CRMError`` of code `refused` for a body that is not one of this CRM's webhooks.
  func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange]

  /// What has changed since an earlier call, for a CRM that is polled; nil begins now.
  ///
  /// A change may be told twice and is never left out.
  func changes(since cursor: CRMCursor?) async throws(CRMError) -> CRMChanges
}

extension CRM {
  /// Where the traits name no polling.
  package func changes(since _: CRMCursor?) async throws(CRMError) -> CRMChanges {
    throw CRMError(.configuration, Reason("crm_not_polled", "This CRM is not asked for changes."))
  }
}

/// What a CRM says has changed, in its own ids.
package struct CRMChange: Sendable, Hashable {
  package let kind: RecordKind
  package let record: CRMRecord
  /// Our marker, where the CRM sends it along.
  package let marker: Identifier?

  package init(_ kind: RecordKind, _ record: CRMRecord, marker: Identifier? = nil) {
    self.kind = kind
    self.record = record
    self.marker = marker
  }
}

/// How far the changes of a CRM have been read; only its adapter knows what the text means.
package struct CRMCursor: Sendable, Hashable {
  package let text: String

  package init(_ text: String) { self.text = text }
}

/// What a CRM that is polled says has changed, and from where the next call goes on.
package struct CRMChanges: Sendable, Hashable {
  package let changes: [CRMChange]
  /// For the next call.
  package let next: CRMCursor

  package init(_ changes: [CRMChange], next: CRMCursor) {
    self.changes = changes
    self.next = next
  }
}
