/// What a CRM offers to choose from.
package struct CRMCatalogue: Sendable, Hashable {
  package struct User: Sendable, Hashable {
    package var email: String
    package var isAdministrator: Bool

    package init(email: String, isAdministrator: Bool = false) {
      self.email = email
      self.isAdministrator = isAdministrator
    }
  }

  package struct Team: Sendable, Hashable {
    package var name: String
    package var members: [String]

    package init(name: String, members: [String]) {
      self.name = name
      self.members = members
    }
  }

  package struct Pipeline: Sendable, Hashable {
    package var name: String
    package var stages: [String]

    package init(name: String, stages: [String]) {
      self.name = name
      self.stages = stages
    }
  }

  /// A field of a record, besides those that every CRM has.
  package struct Field: Sendable, Hashable {
    package var record: RecordKind
    package var name: String
    package var type: FieldType
    /// What a list holds, exactly as it is written in the CRM (B146).
    package var options: [String]
    /// Left empty, it keeps the record from being made (B149, B150).
    package var isRequired: Bool
    /// Whether a list takes options that it does not have yet (B137).
    package var takesNewOptions: Bool
    /// How many options a list can have, such as 50 segments (B200); nil is without bound.
    package var optionMax: Int?

    package init(
      record: RecordKind = .opportunity,
      name: String,
      type: FieldType = .text,
      options: [String] = [],
      isRequired: Bool = false,
      takesNewOptions: Bool = false,
      optionMax: Int? = nil
    ) {
      self.record = record
      self.name = name
      self.type = type
      self.options = options
      self.isRequired = isRequired
      self.takesNewOptions = takesNewOptions
      self.optionMax = optionMax
    }
  }

  package var users: [User]
  package var teams: [Team]
  package var pipelines: [Pipeline]
  package var fields: [Field]
  package var defaultUser: String?
  /// The plan of RD Station CRM, such as `free` (B044, B200); nil for other CRMs.
  package var plan: Plan?

  package enum Plan: String, Sendable, CaseIterable {
    case free, basic, pro, advanced
  }

  package init(
    users: [User] = [],
    teams: [Team] = [],
    pipelines: [Pipeline] = [],
    fields: [Field] = [],
    defaultUser: String? = nil,
    plan: Plan? = nil
  ) {
    self.users = users
    self.teams = teams
    self.pipelines = pipelines
    self.fields = fields
    self.defaultUser = defaultUser
    self.plan = plan
  }

  /// What is known of a field; one that the catalogue does not tell is a text.
  package func field(_ name: String, of record: RecordKind) -> Field {
    fields.first { $0.record == record && $0.name == name } ?? Field(record: record, name: name)
  }
}
