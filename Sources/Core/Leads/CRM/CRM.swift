package import Belt

/// What every CRM can do for us; each adapter implements it for its own system.
///
/// Calls take a batch and answer for each item, so an adapter may share a transaction, a connection or
/// a rate limit. An adapter never retries a create by itself.
package protocol CRM: Sendable {
  /// Creates opportunities.
  ///
  /// `drafts`: each carries a marker that the CRM keeps; where the CRM can, a second create
  ///   with the same marker answers with the first one's record.
  /// Answers with one result a draft, in order.
  func create(_ drafts: [OpportunityDraft], in integration: String) async
    -> [Result<CRMRecord, CRMError>]

  /// Brings opportunities up to date: fields and history become these, other fields stay.
  ///
  /// Repeating it does no harm. Answers with one result a revision, in order.
  func revise(_ revisions: [OpportunityRevision], in integration: String) async
    -> [Result<Void, CRMError>]

  /// Reads opportunities as they stand now; nil for one that the CRM does not hold.
  func read(_ records: [CRMRecord], in integration: String) async throws(CRMError)
    -> [OpportunityState?]

  /// Makes the tags of an opportunity exactly these.
  func setTags(_ tags: [String], of record: CRMRecord, in integration: String)
    async throws(CRMError)

  /// Whether a second create with the same marker is harmless; else an unknown outcome must be read
  /// back before anything is sent again.
  var createIsIdempotent: Bool { get }
}

/// A record of a CRM, by the CRM's own id.
package struct CRMRecord: Sendable, Hashable {
  package let id: String

  package init(id: String) { self.id = id }
}

/// What a newer event of the lead changes in an opportunity that is open.
package struct OpportunityRevision: Sendable, Hashable {
  package var record: CRMRecord
  package var fields: [FieldValue]
  package var history: [HistoryItem]

  package init(record: CRMRecord, fields: [FieldValue], history: [HistoryItem]) {
    self.record = record
    self.fields = fields
    self.history = history
  }
}

/// An opportunity to be created.
package struct OpportunityDraft: Sendable, Hashable {
  /// Our name for it, kept by the CRM: by this an unknown outcome is read back.
  package var marker: Identifier
  package var title: String
  /// Nil where the settings keep contacts out of the CRM.
  package var contact: Identifier?
  package var company: Identifier?
  package var pipeline: String
  package var stage: String
  package var owner: String
  /// 1 to 5 stars; nil leaves it unrated.
  package var rating: Int?
  package var tags: [String]
  package var fields: [FieldValue]
  package var history: [HistoryItem]

  package init(
    marker: Identifier,
    title: String,
    contact: Identifier?,
    company: Identifier?,
    pipeline: String,
    stage: String,
    owner: String,
    rating: Int?,
    tags: [String],
    fields: [FieldValue],
    history: [HistoryItem]
  ) {
    self.marker = marker
    self.title = title
    self.contact = contact
    self.company = company
    self.pipeline = pipeline
    self.stage = stage
    self.owner = owner
    self.rating = rating
    self.tags = tags
    self.fields = fields
    self.history = history
  }
}

/// An opportunity as the CRM shows it.
package struct OpportunityState: Sendable, Hashable {
  package enum Status: String, Sendable, CaseIterable {
    case open, won, lost
  }

  package var status: Status
  package var stage: String
  /// Decimal text, such as `1234.50`, in reais or pesos.
  package var value: String?
  package var lossReason: String?
  package var tags: [String]
  /// Rises with each change.
  package var version: Int

  package init(
    status: Status,
    stage: String,
    value: String?,
    lossReason: String?,
    tags: [String],
    version: Int
  ) {
    self.status = status
    self.stage = stage
    self.value = value
    self.lossReason = lossReason
    self.tags = tags
    self.version = version
  }
}

/// What can go wrong at a CRM; one set of causes for all of them.
package struct CRMError: Failure, Hashable {
  package enum Code: Sendable, Hashable {
    /// Certainly nothing happened; later it may work.
    case unavailable
    /// A quota; nothing happened.
    case rateLimited(after: Duration)
    /// The CRM refused it for good.
    case refused
    /// The settings name something that the CRM does not have, or a login has ended.
    case configuration
    /// It may have happened.
    case outcomeUnknown
  }

  package let code: Code
  package let reason: Reason

  package init(_ code: Code, _ reason: Reason) {
    self.code = code
    self.reason = reason
  }

  package var disposition: Disposition {
    switch code {
    case .unavailable, .rateLimited, .outcomeUnknown: .retry
    case .refused, .configuration: .reject
    }
  }
}
