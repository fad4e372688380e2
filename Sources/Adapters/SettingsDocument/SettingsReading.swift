import Leads

/// Reads the whole document; what it finds wrong it leaves in its findings.
struct SettingsReading {
  private(set) var settings: Settings?
  private(set) var credentials: CredentialReferences?
  private(set) var plan: String?

  init(_ document: Field) {
    let root = Section(
      document,
      keys: [
        "integration", "rd_station", "crm", "import", "triggers", "centralize_by",
        "lead_name_as_company", "tax_id_field", "one_open_deal_per_lead", "fields", "tags",
        "rd_updates", "loss_reason_field",
      ]
    )
    let name = integration(in: root["integration"])
    let account = readAccount(root["rd_station"])
    let crm = CatalogueReading(root["crm"])
    let triggers = TriggerReading(crm: crm).triggers(in: root["triggers"])
    if !root["triggers"].isFilled {
      root["triggers"].warning("there are none: leads are imported and make no opportunity")
    }
    let centralizeBy = root["centralize_by"].choice(default: Settings.Centralizing.contact)
    let leadNameAsCompany = root["lead_name_as_company"].flag(default: false)
    if leadNameAsCompany, centralizeBy == .contact {
      root["lead_name_as_company"].warning("has no effect with centralize_by: contact")
    } else if leadNameAsCompany {
      root["lead_name_as_company"].warning(
        "leads of equal name without a company (two called João) fall into one company"
      )
    }
    let tags = Section(root["tags"], keys: ["direction"])["direction"]
      .choice(default: Settings.TagDirection.off)
    let importRules = importRules(in: root["import"])
    let fields = fields(in: root["fields"])
    let updates = updates(in: root["rd_updates"])
    let oneOpenDeal = root["one_open_deal_per_lead"].flag(default: false)
    let taxIDField = root["tax_id_field"].text()
    let lossReasonField = root["loss_reason_field"].text()
    guard let name, let account else { return }
    settings = Settings(
      integration: name,
      rdAccount: account,
      crm: crm.kind,
      importRules: importRules,
      triggers: triggers,
      centralizeBy: centralizeBy,
      leadNameAsCompany: leadNameAsCompany,
      taxIDField: taxIDField,
      oneOpenDealPerLead: oneOpenDeal,
      fields: fields,
      tags: tags,
      rdUpdates: updates,
      lossReasonField: lossReasonField,
      catalogue: crm.catalogue
    )
  }

  private func integration(in field: Field) -> String? {
    guard let text = field.requiredText() else { return nil }
    guard IntegrationName(text) != nil else {
      field.problem("“\(text)” must be 1 to 40 lower-case letters, digits and hyphens")
      return nil
    }
    return text
  }

  private mutating func readAccount(_ field: Field) -> String? {
    guard field.isFilled else {
      field.problem("is missing; the smallest is rd_station: { account: NAME }")
      return nil
    }
    let section = Section(
      field,
      keys: ["account", "plan", "client_id", "client_secret", "refresh_token"]
    )
    plan = section["plan"].text()
    let keys = ["client_id", "client_secret", "refresh_token"]
    let isConnected = keys.contains { section[$0].isFilled }
    let found = keys.map { isConnected ? reference(in: section[$0]) : nil }
    if !isConnected {
      field.warning("has no client_id, client_secret and refresh_token: those stored before stay")
    }
    if let id = found[0], let secret = found[1], let token = found[2] {
      credentials = CredentialReferences(clientID: id, clientSecret: secret, refreshToken: token)
    }
    return section["account"].requiredText()
  }

  private func reference(in field: Field) -> SecretReference? {
    guard let text = field.requiredText() else { return nil }
    guard let reference = SecretReference(text) else {
      // The value may be the secret itself, so it is not repeated.
      field.problem("must say where the value is, env:NAME or file:PATH, and not hold it itself")
      return nil
    }
    return reference
  }

  private func importRules(in field: Field) -> ImportRules {
    let section = Section(
      field,
      keys: ["conversions", "ignored_email_domains", "job_titles", "lead_scoring"]
    )
    let letters = ["A", "B", "C", "D"]
    for item in section["lead_scoring"].items() {
      guard let text = item.requiredText(), !letters.contains(text) else { continue }
      item.problem(
        "there is no score “\(text)”"
          + NearestNames.hint(for: text, among: letters, listing: "there are")
      )
    }
    for item in section["ignored_email_domains"].items() {
      guard let text = item.requiredText() else { continue }
      if EmailAddress("someone@\(text)") == nil {
        item.problem("“\(text)” is no e-mail domain, such as example.com")
      }
    }
    return ImportRules(
      conversions: section["conversions"].texts(),
      ignoredEmailDomains: section["ignored_email_domains"].texts(),
      jobTitles: section["job_titles"].texts(),
      leadScoring: section["lead_scoring"].texts()
    )
  }

  private func fields(in field: Field) -> [FieldMapping] {
    var mappings: [FieldMapping] = []
    for item in field.items() {
      let row = Section(item, keys: ["crm", "rd", "default"])
      let (rd, fallback) = (row["rd"].text(), row["default"].text())
      guard let target = row["crm"].requiredText() else { continue }
      let name = target.hasPrefix("opportunity.") ? String(target.dropFirst(12)) : target
      if rd == nil, fallback == nil {
        item.problem("needs rd (a field of RD Station), default (a fixed value), or both")
      } else if ["contact.", "company."].contains(where: name.hasPrefix) {
        row["crm"].problem(
          "“\(target)”: only fields of the opportunity can be mapped in this version"
        )
      } else if mappings.contains(where: { $0.crm == name }) {
        row["crm"].problem("“\(target)” is filled by an earlier row")
      } else {
        mappings.append(FieldMapping(crm: name, rd: rd, fallback: fallback))
      }
    }
    return mappings
  }

  private func updates(in field: Field) -> RDUpdates {
    let section = Section(
      field,
      keys: ["opportunity_mark", "standard_conversions", "outcomes", "lifecycle_stage"]
    )
    return RDUpdates(
      opportunityMark: section["opportunity_mark"].flag(default: true),
      standardConversions: section["standard_conversions"].flag(default: true),
      outcomes: section["outcomes"].flag(default: true),
      lifecycleStage: section["lifecycle_stage"].flag(default: true)
    )
  }
}
