package import Belt

/// A kind of record in a CRM.
package enum RecordKind: String, Sendable, CaseIterable {
  case contact, company, opportunity
}

/// A record of a CRM, by the CRM's own id.
package struct CRMRecord: Sendable, Hashable {
  package let id: String

  package init(id: String) { self.id = id }
}

/// A person or a company that a CRM is asked for.
package struct RecordQuery: Sendable, Hashable {
  package let kind: RecordKind
  /// Strongest first; those that the CRM is not searched by are passed over.
  package let keys: [MatchKey]

  package init(_ kind: RecordKind, keys: [MatchKey]) {
    self.kind = kind
    self.keys = keys
  }
}

/// A contact or a company that a CRM is to hold.
package struct RecordDraft: Sendable, Hashable {
  package var kind: RecordKind
  /// Our id of it.
  package var id: Identifier
  /// The CRM's id, where we know it.
  package var record: CRMRecord?
  package var name: String?
  package var email: String?
  package var phone: String?
  /// A contact's company, as the CRM knows it.
  package var company: CRMRecord?
  /// By these it is found before it is created; strongest first.
  package var keys: [MatchKey]
  /// Only for a record that has none yet.
  package var owner: String?
  /// One without values is emptied; fields that are not named stay.
  package var fields: [FieldValue]

  package init(
    _ kind: RecordKind,
    id: Identifier,
    record: CRMRecord? = nil,
    name: String? = nil,
    email: String? = nil,
    phone: String? = nil,
    keys: [MatchKey] = [],
    owner: String? = nil,
    fields: [FieldValue] = []
  ) {
    self.kind = kind
    self.id = id
    self.record = record
    self.name = name
    self.email = email
    self.phone = phone
    self.keys = keys
    self.owner = owner
    self.fields = fields
  }
}

extension [RecordDraft] {
  /// A number for each: those with the same one share keys, and have to be put one after another, or each
  /// would create the other's record.
  package var lanes: [Int] {
    var lanes: [Int] = []
    var known: [MatchKey: Int] = [:]
    for (place, draft) in enumerated() {
      let met = Set(draft.keys.compactMap { known[$0] })
      let lane = met.min() ?? place
      lanes = lanes.map { met.contains($0) ? lane : $0 } + [lane]
      known = known.mapValues { met.contains($0) ? lane : $0 }
      for key in draft.keys { known[key] = lane }
    }
    return lanes
  }
}
