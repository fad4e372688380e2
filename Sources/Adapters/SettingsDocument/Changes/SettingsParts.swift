import Leads

extension Settings {
  /// Everything that the settings tell, in the order of the document.
  var parts: [SettingsPart] {
    values + catalogueParts + triggerParts + fields.map(\.part)
  }

  private var values: [SettingsPart] {
    let list: [(String, SettingsPart.Value)] = [
      ("rd_station.account", .name(rdAccount)),
      ("crm.kind", .word(crm.rawValue)),
      ("crm.address", .name(crmAccount.address)),
      ("crm.version", .name(crmAccount.version.nonBlank)),
      ("crm.user", .name(crmAccount.user)),
      ("crm.plan", catalogue.plan.map { .word($0.rawValue) } ?? .none),
      ("crm.default_user", catalogue.defaultUser.map { .word($0) } ?? .none),
      ("import.conversions", .names(importRules.conversions)),
      ("import.ignored_email_domains", .names(importRules.ignoredEmailDomains)),
      ("import.job_titles", .names(importRules.jobTitles)),
      ("import.lead_scoring", .names(importRules.leadScoring)),
      ("import.marks_only", .flag(importRules.marksOnly)),
      ("import.crm_activity", .flag(importRules.crmActivity)),
      ("import.fillers", .names(reading.fillers.added)),
      ("import.values", .names(reading.fillers.kept)),
      ("import.fit_letters", reading.fitLetters.map { .word($0.words) } ?? .none),
      (
        "records.create",
        .names(RecordKind.allCases.filter(records.create.contains).map(\.rawValue))
      ),
      ("records.owners.contact", records.owners[.contact].map { .word($0.words) } ?? .none),
      ("records.owners.company", records.owners[.company].map { .word($0.words) } ?? .none),
      ("centralize_by", .word(centralizeBy.rawValue)),
      ("lead_name_as_company", .flag(leadNameAsCompany)),
      ("tax_id_field", .name(taxIDField)),
      ("one_open_deal_per_lead", .flag(oneOpenDealPerLead)),
      ("after_dead_letter", .word(afterDeadLetter.rawValue)),
      ("tags.direction", .word(tags.rawValue)),
      ("tags.crm", tagField.map { .word("opportunity.\($0)") } ?? .none),
      ("rd_updates.opportunity_mark", .flag(rdUpdates.opportunityMark)),
      ("rd_updates.standard_conversions", .flag(rdUpdates.standardConversions)),
      ("rd_updates.outcomes", .flag(rdUpdates.outcomes)),
      ("rd_updates.lifecycle_stage", .flag(rdUpdates.lifecycleStage)),
      ("rd_updates.sale_conversion_on_any_close", .flag(rdUpdates.saleConversionOnAnyClose)),
      ("rd_updates.tags", .names(rdUpdates.tags)),
      ("loss_reason_field", .name(lossReasonField)),
    ]
    return list.map { name, value in SettingsPart(.value, name, [("", value)]) }
  }

  private var catalogueParts: [SettingsPart] {
    let users = catalogue.users.map {
      SettingsPart(.user, $0.email, [("administrator", .flag($0.isAdministrator))])
    }
    let teams = catalogue.teams.map {
      SettingsPart(.team, $0.name, [("members", .names($0.members))])
    }
    let pipelines = catalogue.pipelines.map {
      SettingsPart(.pipeline, $0.name, [("stages", .names($0.stages))])
    }
    let rdFields = rdFields.map {
      let members: [(String, SettingsPart.Value)] = [
        ("type", .word($0.type.rawValue)), ("options", .names($0.options)),
      ]
      return SettingsPart(.rdField, $0.name, members)
    }
    let variables = variables.sorted { $0.key < $1.key }.map {
      SettingsPart(.variable, $0.key, [("", .name($0.value))])
    }
    return users + teams + pipelines + catalogue.fields.map(\.part) + rdFields + variables
  }

  /// Triggers are known by what starts them; of two with the same start the earlier is the first.
  private var triggerParts: [SettingsPart] {
    var seen: [String: Int] = [:]
    return triggers.enumerated().map { index, trigger in
      let start = trigger.words
      seen[start, default: 0] += 1
      return SettingsPart(
        .trigger,
        "\(start) \(seen[start, default: 1])",
        title: "trigger \(index + 1) (\(start))",
        [
          ("owner", .word(trigger.owner.words)), ("pipeline", .name(trigger.pipeline)),
          ("stage", .name(trigger.stage)),
          ("qualification_from_scoring", .flag(trigger.qualificationFromScoring)),
          ("on_repeat", .word(trigger.onRepeat.rawValue)),
        ]
      )
    }
  }
}

extension FieldMapping {
  fileprivate var part: SettingsPart {
    SettingsPart(
      .row,
      "\(record.rawValue).\(crm)",
      [
        ("rd", rd.map { .word($0) } ?? .none), ("default", .name(fallback)),
        (
          "translate",
          .names(translations.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        ),
        ("on_mismatch", onMismatch.map { .word($0.rawValue) } ?? .none), ("clear", .flag(clears)),
      ]
    )
  }
}

extension CRMCatalogue.Field {
  fileprivate var part: SettingsPart {
    SettingsPart(
      .crmField,
      "\(record.rawValue).\(name)",
      [
        ("type", .word(type.rawValue)), ("options", .names(options)),
        ("required", .flag(isRequired)), ("new_options", .flag(takesNewOptions)),
        ("option_max", optionMax.map { .word("\($0)") } ?? .none),
      ]
    )
  }
}

extension Trigger.Owner {
  /// In one word, such as `team:inbound-sp`.
  fileprivate var words: String {
    switch self {
    case .everyone: "everyone"
    case .administrators: "administrators"
    case .leadOwner: "lead_owner"
    case .contactOwner: "contact_owner"
    case .user(let email): "user:\(email)"
    case .team(let name): "team:\(name)"
    }
  }
}
