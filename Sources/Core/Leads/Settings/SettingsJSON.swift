package import StrictJSON

/// The stored form. It is written by us and read by us; a document that cannot be read is a fault of
/// an older or newer program, and names the member.
extension Settings {
  package var json: JSON {
    [
      "integration": .string(integration),
      "rd_account": .string(rdAccount),
      "crm": .string(crm.rawValue),
      "crm_account": crmAccount.json,
      "import": importRules.json,
      "reading": reading.json,
      "triggers": .array(triggers.map(\.json)),
      "centralize_by": .string(centralizeBy.rawValue),
      "lead_name_as_company": .bool(leadNameAsCompany),
      "tax_id_field": .optional(taxIDField),
      "one_open_deal_per_lead": .bool(oneOpenDealPerLead),
      "after_dead_letter": .string(afterDeadLetter.rawValue),
      "records": records.json,
      "fields": .array(fields.map(\.json)),
      "tags": .string(tags.rawValue),
      "tag_field": .optional(tagField),
      "rd_updates": rdUpdates.json,
      "loss_reason_field": .optional(lossReasonField),
      "catalogue": catalogue.json,
      "rd_fields": .array(rdFields.map(\.json)),
      "variables": .texts(variables),
    ]
  }

  /// Reads what any version from the first on has stored: what came later has the value that it had
  /// before.
  package init(json: JSON) throws(SettingsFault) {
    self.init(
      integration: try json.text("integration"),
      rdAccount: try json.text("rd_account"),
      crm: try json.choice("crm"),
      crmAccount: try json["crm_account"].map { value throws(SettingsFault) in
        try CRMAccount(json: value)
      } ?? CRMAccount(),
      importRules: try ImportRules(json: json["import"] ?? .null),
      reading: try json["reading"].map { value throws(SettingsFault) in
        try ReadingRules(json: value)
      } ?? ReadingRules(),
      triggers: try json.list("triggers") { item throws(SettingsFault) in try Trigger(json: item) },
      centralizeBy: try json.choice("centralize_by"),
      leadNameAsCompany: try json.flag("lead_name_as_company"),
      taxIDField: json["tax_id_field"]?.string,
      oneOpenDealPerLead: try json.flag("one_open_deal_per_lead"),
      afterDeadLetter: try json.choice("after_dead_letter", orElse: .goOn),
      records: try json["records"].map { value throws(SettingsFault) in
        try RecordRules(json: value)
      } ?? RecordRules(),
      fields: try json.list("fields") { item throws(SettingsFault) in try FieldMapping(json: item)
      },
      tags: try json.choice("tags"),
      tagField: json["tag_field"]?.string,
      rdUpdates: try RDUpdates(json: json["rd_updates"] ?? .null),
      lossReasonField: json["loss_reason_field"]?.string,
      catalogue: try CRMCatalogue(json: json["catalogue"] ?? .null),
      rdFields: try json.laterList("rd_fields") { item throws(SettingsFault) in
        try RDField(json: item)
      },
      variables: try json.textTable("variables")
    )
  }
}

extension ImportRules {
  var json: JSON {
    [
      "conversions": .strings(conversions),
      "ignored_email_domains": .strings(ignoredEmailDomains),
      "job_titles": .strings(jobTitles),
      "lead_scoring": .strings(leadScoring),
      "marks_only": .bool(marksOnly),
      "crm_activity": .bool(crmActivity),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      conversions: try json.texts("conversions"),
      ignoredEmailDomains: try json.texts("ignored_email_domains"),
      jobTitles: try json.texts("job_titles"),
      leadScoring: try json.texts("lead_scoring"),
      marksOnly: try json.flag("marks_only", orElse: false),
      crmActivity: try json.flag("crm_activity", orElse: false)
    )
  }
}

extension ReadingRules {
  var json: JSON {
    [
      "fillers": .strings(fillers.added), "values": .strings(fillers.kept),
      "fit_letters": fitLetters.map { .array([.number($0.a), .number($0.b), .number($0.c)]) }
        ?? .null,
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    var letters: FitLetters?
    if let bands = json["fit_letters"]?.array {
      let starts = bands.compactMap(\.int)
      guard starts.count == 3 else { throw SettingsFault(member: "fit_letters") }
      letters = FitLetters(a: starts[0], b: starts[1], c: starts[2])
    }
    self.init(
      fillers: Fillers(added: try json.texts("fillers"), kept: try json.texts("values")),
      fitLetters: letters
    )
  }
}

extension RDUpdates {
  var json: JSON {
    [
      "opportunity_mark": .bool(opportunityMark),
      "standard_conversions": .bool(standardConversions),
      "outcomes": .bool(outcomes),
      "lifecycle_stage": .bool(lifecycleStage),
      "sale_conversion_on_any_close": .bool(saleConversionOnAnyClose),
      "tags": .strings(tags),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      opportunityMark: try json.flag("opportunity_mark"),
      standardConversions: try json.flag("standard_conversions"),
      outcomes: try json.flag("outcomes"),
      lifecycleStage: try json.flag("lifecycle_stage"),
      saleConversionOnAnyClose: try json.flag("sale_conversion_on_any_close", orElse: false),
      tags: json["tags"]?.array?.compactMap(\.string) ?? []
    )
  }
}

/// A stored settings document that this program cannot read.
package struct SettingsFault: Error, Sendable, Hashable {
  package let member: String

  package init(member: String) { self.member = member }
}
