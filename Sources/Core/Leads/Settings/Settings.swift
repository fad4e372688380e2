/// The settings of one integration, in the form in which they are stored and used.
///
/// The operator writes a YAML document; `esteira apply` checks it, resolves its names and stores this.
package struct Settings: Sendable, Hashable {
  package var integration: String
  package var rdAccount: String
  package var crm: CRMKind
  /// Of an outside CRM.
  package var crmAccount: CRMAccount
  package var importRules: ImportRules
  package var reading: ReadingRules
  /// In order of priority: the first that matches decides (B037).
  package var triggers: [Trigger]
  package var centralizeBy: Centralizing
  /// With centralising by company: a lead without company gives its own name to one (R11).
  package var leadNameAsCompany: Bool
  /// The custom field that holds a tax id (CNPJ, NIT), by RD's name of it.
  package var taxIDField: String?
  package var oneOpenDealPerLead: Bool
  /// Whether a lead's next event goes on past one that was given up.
  package var afterDeadLetter: AfterDeadLetter
  /// Which records a lead makes in the CRM, and who gets them.
  package var records: RecordRules
  package var fields: [FieldMapping]
  package var tags: TagDirection
  /// The CRM's field that holds the tags; nil where the CRM has tags of its own.
  package var tagField: String?
  package var rdUpdates: RDUpdates
  /// The name of RD's field for the loss reason; nil sends the reason only with the event.
  package var lossReasonField: String?
  /// The people, teams, pipelines and fields that the rest may name; for an outside CRM a copy of its
  /// own.
  package var catalogue: CRMCatalogue
  /// RD's custom fields as far as the document tells them; empty when it tells none.
  package var rdFields: [RDField]
  /// What one kind of CRM asks for besides, by its own names, such as `totvs_crm_pipeline` (B182).
  package var variables: [String: String]

  package init(
    integration: String,
    rdAccount: String,
    crm: CRMKind,
    crmAccount: CRMAccount = CRMAccount(),
    importRules: ImportRules = ImportRules(),
    reading: ReadingRules = ReadingRules(),
    triggers: [Trigger],
    centralizeBy: Centralizing = .contact,
    leadNameAsCompany: Bool = false,
    taxIDField: String? = nil,
    oneOpenDealPerLead: Bool = false,
    afterDeadLetter: AfterDeadLetter = .goOn,
    records: RecordRules = RecordRules(),
    fields: [FieldMapping] = [],
    tags: TagDirection = .off,
    tagField: String? = nil,
    rdUpdates: RDUpdates = RDUpdates(),
    lossReasonField: String? = nil,
    catalogue: CRMCatalogue,
    rdFields: [RDField] = [],
    variables: [String: String] = [:]
  ) {
    self.integration = integration
    self.rdAccount = rdAccount
    self.crm = crm
    self.crmAccount = crmAccount
    self.importRules = importRules
    self.reading = reading
    self.triggers = triggers
    self.centralizeBy = centralizeBy
    self.leadNameAsCompany = leadNameAsCompany
    self.taxIDField = taxIDField
    self.oneOpenDealPerLead = oneOpenDealPerLead
    self.afterDeadLetter = afterDeadLetter
    self.records = records
    self.fields = fields
    self.tags = tags
    self.tagField = tagField
    self.rdUpdates = rdUpdates
    self.lossReasonField = lossReasonField
    self.catalogue = catalogue
    self.rdFields = rdFields
    self.variables = variables
  }

  package enum Centralizing: String, Sendable, CaseIterable {
    case contact, company
  }

  package enum AfterDeadLetter: String, Sendable, CaseIterable {
    /// It goes on, with a note in its journey.
    case goOn = "go_on"
    /// It waits until the dead letter is sent again and has passed, or is discarded.
    case wait
  }

  package enum TagDirection: String, Sendable, CaseIterable {
    case off, both
    case toCRM = "to_crm"
    case toRD = "to_rd"
  }
}
