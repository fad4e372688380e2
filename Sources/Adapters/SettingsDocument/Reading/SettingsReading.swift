import Leads

/// Reads the whole document; what it finds wrong it leaves in its findings.
struct SettingsReading {
  private(set) var settings: Settings?
  private(set) var credentials: CredentialReferences?
  private(set) var crm: CRMReferences?

  init(_ document: Field, reached: ReachedCRM?) {
    let root = Section(document, .document)
    let name = Self.integration(in: root["integration"])
    let account = AccountReading(root["rd_station"])
    let crm = CatalogueReading(root["crm"], reached: reached)
    let owners = OwnerReading(crm: crm)
    let triggers = TriggerReading(
      owners: owners,
      contactHasOwner: RecordsReading.namesOwner(of: .contact, in: root["records"])
    ).triggers(in: root["triggers"])
    let records = RecordsReading(root["records"], owners: owners, triggers: triggers).rules
    let centralizeBy = root["centralize_by"].choice(default: Settings.Centralizing.contact)
    let mapping = MappingReading(root["fields"], crm: crm, rdFields: account.fields)
    let tags = TagsReading(root["tags"], crm: crm, rows: mapping.rows)
    credentials = account.credentials
    self.crm = crm.references
    let importing = ImportReading(root["import"], crm: crm.kind)
    var draft = Settings(
      integration: name ?? "",
      rdAccount: account.name ?? "",
      crm: crm.kind,
      crmAccount: crm.account,
      importRules: importing.rules,
      reading: importing.reading,
      triggers: triggers.map(\.trigger),
      centralizeBy: centralizeBy,
      leadNameAsCompany: root["lead_name_as_company"].flag(default: false),
      taxIDField: root["tax_id_field"].text(),
      oneOpenDealPerLead: root["one_open_deal_per_lead"].flag(default: false),
      afterDeadLetter: root["after_dead_letter"].choice(default: Settings.AfterDeadLetter.goOn),
      records: records,
      fields: mapping.rows.map(\.mapping),
      tags: tags.direction,
      tagField: tags.field,
      rdUpdates: Self.updates(in: root["rd_updates"]),
      lossReasonField: root["loss_reason_field"].text(),
      catalogue: crm.catalogue,
      rdFields: account.fields ?? [],
      variables: crm.variables
    )
    if crm.kind.traits.takesMarksOnly { draft.importRules.marksOnly = true }
    TriggerChecks(triggers: root["triggers"], readings: triggers, settings: draft).run()
    RecordChecks(root: root, settings: draft).run()
    if crm.knowsNames {
      MappingChecks(mapping: mapping, crm: crm, account: account, settings: draft).run()
    }
    if name != nil, account.name != nil { settings = draft }
  }

  private static func integration(in field: Field) -> String? {
    guard let text = field.requiredText() else { return nil }
    guard IntegrationName(text) != nil else {
      field.problem("“\(text)” must be 1 to 40 lower-case letters, digits and hyphens")
      return nil
    }
    return text
  }

  private static func updates(in field: Field) -> RDUpdates {
    let section = Section(field, .rdUpdates)
    return RDUpdates(
      opportunityMark: section["opportunity_mark"].flag(default: true),
      standardConversions: section["standard_conversions"].flag(default: true),
      outcomes: section["outcomes"].flag(default: true),
      lifecycleStage: section["lifecycle_stage"].flag(default: true),
      saleConversionOnAnyClose: section["sale_conversion_on_any_close"].flag(default: false),
      tags: section["tags"].texts()
    )
  }
}
