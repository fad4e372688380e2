/// The settings of one integration, in the form in which they are stored and used.
///
/// The operator writes a YAML document; `esteira apply` checks it, resolves its names and stores this.
package struct Settings: Sendable, Hashable {
  package var integration: String
  package var rdAccount: String
  package var crm: CRMKind
  package var importRules: ImportRules
  /// In order of priority: the first that matches decides (B037).
  package var triggers: [Trigger]
  package var centralizeBy: Centralizing
  /// With centralising by company: a lead without company gives its own name to one (R11).
  package var leadNameAsCompany: Bool
  /// The custom field that holds a tax id (CNPJ, NIT), by RD's name of it.
  package var taxIDField: String?
  package var oneOpenDealPerLead: Bool
  package var fields: [FieldMapping]
  package var tags: TagDirection
  package var rdUpdates: RDUpdates
  /// The name of RD's field for the loss reason; nil sends the reason only with the event.
  package var lossReasonField: String?
  /// The people, teams and pipelines that triggers may name; for an outside CRM a copy of its own.
  package var catalogue: CRMCatalogue

  package init(
    integration: String,
    rdAccount: String,
    crm: CRMKind,
    importRules: ImportRules,
    triggers: [Trigger],
    centralizeBy: Centralizing,
    leadNameAsCompany: Bool,
    taxIDField: String?,
    oneOpenDealPerLead: Bool,
    fields: [FieldMapping],
    tags: TagDirection,
    rdUpdates: RDUpdates,
    lossReasonField: String?,
    catalogue: CRMCatalogue
  ) {
    self.integration = integration
    self.rdAccount = rdAccount
    self.crm = crm
    self.importRules = importRules
    self.triggers = triggers
    self.centralizeBy = centralizeBy
    self.leadNameAsCompany = leadNameAsCompany
    self.taxIDField = taxIDField
    self.oneOpenDealPerLead = oneOpenDealPerLead
    self.fields = fields
    self.tags = tags
    self.rdUpdates = rdUpdates
    self.lossReasonField = lossReasonField
    self.catalogue = catalogue
  }

  package enum Centralizing: String, Sendable, CaseIterable {
    case contact, company
  }

  package enum TagDirection: String, Sendable, CaseIterable {
    case off, both
    case toCRM = "to_crm"
    case toRD = "to_rd"
  }
}

/// Which CRM an integration writes to.
package enum CRMKind: String, Sendable, CaseIterable {
  case embedded, totvs, datacrm
  case rdStationCRM = "rd_station_crm"
}

/// Which leads enter; an empty rule is off (B013).
package struct ImportRules: Sendable, Hashable {
  package var conversions: [String]
  package var ignoredEmailDomains: [String]
  package var jobTitles: [String]
  /// RD's profile letters, A to D.
  package var leadScoring: [String]

  package init(
    conversions: [String] = [],
    ignoredEmailDomains: [String] = [],
    jobTitles: [String] = [],
    leadScoring: [String] = []
  ) {
    self.conversions = conversions
    self.ignoredEmailDomains = ignoredEmailDomains
    self.jobTitles = jobTitles
    self.leadScoring = leadScoring
  }
}

/// When an opportunity is made, for whom and where.
package struct Trigger: Sendable, Hashable {
  package enum Condition: Sendable, Hashable {
    case opportunityMark
    case conversion(String)
    case anyConversion
  }

  package enum Owner: Sendable, Hashable {
    case everyone
    case administrators
    case leadOwner
    case user(String)
    case team(String)
  }

  package var when: Condition
  package var owner: Owner
  package var pipeline: String
  package var stage: String
  /// The opportunity is rated by the lead's profile letter (B063); only with an opportunity mark.
  package var qualificationFromScoring: Bool

  package init(
    when: Condition,
    owner: Owner,
    pipeline: String,
    stage: String,
    qualificationFromScoring: Bool = false
  ) {
    self.when = when
    self.owner = owner
    self.pipeline = pipeline
    self.stage = stage
    self.qualificationFromScoring = qualificationFromScoring
  }
}

/// One row of the mapping: CRM field, RD field, default value (B158).
package struct FieldMapping: Sendable, Hashable {
  /// The CRM's field of the opportunity.
  package var crm: String
  /// RD's field; nil writes the default always (R21).
  package var rd: String?
  package var fallback: String?

  package init(crm: String, rd: String?, fallback: String?) {
    self.crm = crm
    self.rd = rd
    self.fallback = fallback
  }
}

/// What is written back to RD Station; everything is on unless switched off.
package struct RDUpdates: Sendable, Hashable {
  /// The mark "opportunity" when one is created (B117).
  package var opportunityMark: Bool
  /// The standard conversions, such as `Oportunidade gerada pelo CRM` (B128–B134).
  package var standardConversions: Bool
  /// Sale with value, loss with reason (B108).
  package var outcomes: Bool
  /// The lifecycle stage `Client` after a sale (B107).
  package var lifecycleStage: Bool

  package init(
    opportunityMark: Bool = true,
    standardConversions: Bool = true,
    outcomes: Bool = true,
    lifecycleStage: Bool = true
  ) {
    self.opportunityMark = opportunityMark
    self.standardConversions = standardConversions
    self.outcomes = outcomes
    self.lifecycleStage = lifecycleStage
  }
}

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

  package var users: [User]
  package var teams: [Team]
  package var pipelines: [Pipeline]
  package var defaultUser: String?

  package init(
    users: [User] = [],
    teams: [Team] = [],
    pipelines: [Pipeline] = [],
    defaultUser: String? = nil
  ) {
    self.users = users
    self.teams = teams
    self.pipelines = pipelines
    self.defaultUser = defaultUser
  }
}
