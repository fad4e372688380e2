package import Belt

/// An opportunity to be created.
package struct OpportunityDraft: Sendable, Hashable {
  /// Our name for it, kept by the CRM: by this an unknown outcome is read back.
  package var marker: Identifier
  package var title: String
  /// As the CRM knows them, by our own ids until it has them; nil where the settings keep them out of it.
  package var contact: CRMRecord?
  package var company: CRMRecord?
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
    contact: CRMRecord?,
    company: CRMRecord?,
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

/// The lead's events so far, oldest first, as an opportunity is to show them.
package struct OpportunityHistory: Sendable, Hashable {
  package var record: CRMRecord
  package var items: [HistoryItem]
  /// Whose opportunity it is, where the CRM may not have been told with its creation.
  package var contact: CRMRecord?

  package init(of record: CRMRecord, _ items: [HistoryItem], contact: CRMRecord? = nil) {
    self.record = record
    self.items = items
    self.contact = contact
  }
}

/// Tags to be written, and those that were read before.
package struct TagChange: Sendable, Hashable {
  package var record: CRMRecord
  package var tags: [String]
  /// What the CRM must still show, in any order.
  package var read: [String]

  package init(of record: CRMRecord, to tags: [String], read: [String]) {
    self.record = record
    self.tags = tags
    self.read = read
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
