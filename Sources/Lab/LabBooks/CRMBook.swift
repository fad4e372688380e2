package import Leads

/// What a CRM holds, as people see it there, and what a seller does there.
package protocol CRMBook: Sendable {
  /// What was made in the CRM since the book was opened.
  func holdings() async throws -> CRMHoldings

  /// Does it as a person at the CRM's own screen; the CRM then tells of it as it tells of anything.
  func act(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity) async throws

  /// Makes the CRM call that address after changes, where a person sets that up at its screen; false where
  /// its API is to be asked for it.
  func callOnChanges(_ hook: String) async throws -> Bool
}

/// What a seller does to an opportunity.
package enum SellerAct: Sendable, Hashable {
  /// - Parameter value: Decimal text.
  case win(value: String)
  case lose(reason: String)
  /// In the stage where it was seen.
  case reopen
  /// Beside the tags that were seen.
  case tag(String)
}

/// The records that were made in a CRM.
package struct CRMHoldings: Sendable, Hashable {
  package struct Opportunity: Sendable, Hashable {
    /// The CRM's own.
    package let id: String
    /// Of its contact, in small letters; empty where it has none.
    package let email: String
    package let pipeline: String
    package let stage: String
    package let tags: [String]

    package init(id: String, email: String, pipeline: String, stage: String, tags: [String]) {
      self.id = id
      self.email = email
      self.pipeline = pipeline
      self.stage = stage
      self.tags = tags
    }
  }

  /// A person or a company, by what there should be one record of.
  package struct Party: Sendable, Hashable {
    package let kind: RecordKind
    package let name: String

    package init(_ kind: RecordKind, _ name: String) {
      self.kind = kind
      self.name = name
    }
  }

  /// In order of their ids.
  package let opportunities: [Opportunity]
  /// How many records each has.
  package let parties: [Party: Int]
  /// Records that were made, and are not there any more.
  package let vanished: Int

  package init(opportunities: [Opportunity], parties: [Party: Int] = [:], vanished: Int = 0) {
    self.opportunities = opportunities.sorted { $0.id < $1.id }
    self.parties = parties
    self.vanished = vanished
  }

  package var deals: [PeopleReader.Deal: Int] {
    opportunities.reduce(into: [:]) { deals, one in
      deals[.init(email: one.email, pipeline: one.pipeline), default: 0] += 1
    }
  }
}
