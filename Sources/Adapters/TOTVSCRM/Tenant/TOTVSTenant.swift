package import Belt
package import Leads

/// What a customer's TOTVS CRM really holds, as far as the integration names any of it.
package struct TOTVSTenant: Sendable, Hashable {
  /// The tables whose rows the variables name by id.
  package enum Table: String, Sendable, CaseIterable {
    case leadSituations, leadOrigins, emailTypes, phoneTypes, addressTypes, personTypes
  }

  /// One row of a table, or anything else that has an id and a description.
  package struct Entry: TOTVSDescribed, Hashable {
    package let id: Identifier
    package let description: String

    package init(id: Identifier, description: String) {
      self.id = id
      self.description = description
    }
  }

  package struct Pipeline: TOTVSDescribed, Hashable {
    package let id: Identifier
    package let description: String
    package var stages: [Entry]

    package init(id: Identifier, description: String, stages: [Entry]) {
      self.id = id
      self.description = description
      self.stages = stages
    }
  }

  package struct User: Sendable, Hashable {
    package let id: Identifier
    package let email: String
    package let isActive: Bool
    /// Without a role TOTVS CRM takes no lead for the user (B080).
    package let hasRole: Bool

    package init(id: Identifier, email: String, isActive: Bool = true, hasRole: Bool = true) {
      self.id = id
      self.email = email
      self.isActive = isActive
      self.hasRole = hasRole
    }
  }

  package var tables: [Table: [Entry]]
  package var pipelines: [Pipeline]
  package var opportunityTypes: [Entry]
  package var users: [User]
  package var fields: [CRMCatalogue.Field]

  package init(
    tables: [Table: [Entry]] = [:],
    pipelines: [Pipeline] = [],
    opportunityTypes: [Entry] = [],
    users: [User] = [],
    fields: [CRMCatalogue.Field] = []
  ) {
    self.tables = tables
    self.pipelines = pipelines
    self.opportunityTypes = opportunityTypes
    self.users = users
    self.fields = fields
  }

  func pipeline(_ description: String) -> Pipeline? { pipelines.described(description) }

  func opportunityType(_ description: String) -> Entry? { opportunityTypes.described(description) }

  /// Addresses are compared trimmed and without regard to case (R13).
  func user(_ email: String) -> User? {
    guard let address = EmailAddress(email) else { return nil }
    return users.first { EmailAddress($0.email) == address }
  }
}

extension TOTVSTenant.Pipeline {
  func stage(_ description: String) -> TOTVSTenant.Entry? { stages.described(description) }
}

/// What people know by its description and the API by its id.
package protocol TOTVSDescribed: Sendable {
  var id: Identifier { get }
  var description: String { get }
}

extension Array where Element: TOTVSDescribed {
  /// Descriptions are compared trimmed and exactly, in any Unicode normal form (totvs-crm.md 7).
  fileprivate func described(_ description: String) -> Element? {
    first { $0.description.trimmed == description.trimmed }
  }
}
