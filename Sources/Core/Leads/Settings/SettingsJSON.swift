package import StrictJSON

/// The stored form. It is written by us and read by us; a document that cannot be read is a fault of
/// an older or newer program, and names the member.
extension Settings {
  package var json: JSON {
    [
      "integration": .string(integration),
      "rd_account": .string(rdAccount),
      "crm": .string(crm.rawValue),
      "import": [
        "conversions": strings(importRules.conversions),
        "ignored_email_domains": strings(importRules.ignoredEmailDomains),
        "job_titles": strings(importRules.jobTitles),
        "lead_scoring": strings(importRules.leadScoring),
      ],
      "triggers": .array(triggers.map(\.json)),
      "centralize_by": .string(centralizeBy.rawValue),
      "lead_name_as_company": .bool(leadNameAsCompany),
      "tax_id_field": .optional(taxIDField),
      "one_open_deal_per_lead": .bool(oneOpenDealPerLead),
      "fields": .array(
        fields.map {
          ["crm": .string($0.crm), "rd": .optional($0.rd), "default": .optional($0.fallback)]
        }
      ),
      "tags": .string(tags.rawValue),
      "rd_updates": [
        "opportunity_mark": .bool(rdUpdates.opportunityMark),
        "standard_conversions": .bool(rdUpdates.standardConversions),
        "outcomes": .bool(rdUpdates.outcomes),
        "lifecycle_stage": .bool(rdUpdates.lifecycleStage),
      ],
      "loss_reason_field": .optional(lossReasonField),
      "catalogue": catalogue.json,
    ]
  }

  package init(json: JSON) throws(SettingsFault) {
    self.init(
      integration: try json.text("integration"),
      rdAccount: try json.text("rd_account"),
      crm: try json.choice("crm"),
      importRules: ImportRules(
        conversions: try json.texts("import", "conversions"),
        ignoredEmailDomains: try json.texts("import", "ignored_email_domains"),
        jobTitles: try json.texts("import", "job_titles"),
        leadScoring: try json.texts("import", "lead_scoring")
      ),
      triggers: try json.list("triggers") { item throws(SettingsFault) in try Trigger(json: item) },
      centralizeBy: try json.choice("centralize_by"),
      leadNameAsCompany: try json.flag("lead_name_as_company"),
      taxIDField: json["tax_id_field"]?.string,
      oneOpenDealPerLead: try json.flag("one_open_deal_per_lead"),
      fields: try json.list("fields") { item throws(SettingsFault) in
        FieldMapping(
          crm: try item.text("crm"),
          rd: item["rd"]?.string,
          fallback: item["default"]?.string
        )
      },
      tags: try json.choice("tags"),
      rdUpdates: RDUpdates(
        opportunityMark: try json.flag("rd_updates", "opportunity_mark"),
        standardConversions: try json.flag("rd_updates", "standard_conversions"),
        outcomes: try json.flag("rd_updates", "outcomes"),
        lifecycleStage: try json.flag("rd_updates", "lifecycle_stage")
      ),
      lossReasonField: json["loss_reason_field"]?.string,
      catalogue: try CRMCatalogue(json: json["catalogue"] ?? .null)
    )
  }
}

/// A stored settings document that this program cannot read.
package struct SettingsFault: Error, Sendable, Hashable {
  package let member: String

  package init(member: String) { self.member = member }
}

extension Trigger {
  var json: JSON {
    let condition: JSON =
      switch when {
      case .opportunityMark: "opportunity_mark"
      case .anyConversion: "any_conversion"
      case .conversion(let identifier): ["conversion": .string(identifier)]
      }
    let owner: JSON =
      switch owner {
      case .everyone: "everyone"
      case .administrators: "administrators"
      case .leadOwner: "lead_owner"
      case .user(let email): ["user": .string(email)]
      case .team(let name): ["team": .string(name)]
      }
    return [
      "when": condition, "owner": owner, "pipeline": .string(pipeline), "stage": .string(stage),
      "qualification_from_scoring": .bool(qualificationFromScoring),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    let when: Condition
    switch (json["when"]?.string, json["when"]?["conversion"]?.string) {
    case ("opportunity_mark", _): when = .opportunityMark
    case ("any_conversion", _): when = .anyConversion
    case (_, let identifier?): when = .conversion(identifier)
    default: throw SettingsFault(member: "triggers.when")
    }
    let owner: Owner
    switch (json["owner"]?.string, json["owner"]?["user"]?.string, json["owner"]?["team"]?.string) {
    case ("everyone", _, _): owner = .everyone
    case ("administrators", _, _): owner = .administrators
    case ("lead_owner", _, _): owner = .leadOwner
    case (_, let email?, _): owner = .user(email)
    case (_, _, let name?): owner = .team(name)
    default: throw SettingsFault(member: "triggers.owner")
    }
    self.init(
      when: when,
      owner: owner,
      pipeline: try json.text("pipeline"),
      stage: try json.text("stage"),
      qualificationFromScoring: try json.flag("qualification_from_scoring")
    )
  }
}

extension CRMCatalogue {
  var json: JSON {
    [
      "users": .array(
        users.map { ["email": .string($0.email), "administrator": .bool($0.isAdministrator)] }
      ),
      "teams": .array(teams.map { ["name": .string($0.name), "members": strings($0.members)] }),
      "pipelines": .array(
        pipelines.map { ["name": .string($0.name), "stages": strings($0.stages)] }
      ),
      "default_user": .optional(defaultUser),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      users: try json.list("users") { item throws(SettingsFault) in
        User(email: try item.text("email"), isAdministrator: try item.flag("administrator"))
      },
      teams: try json.list("teams") { item throws(SettingsFault) in
        Team(name: try item.text("name"), members: try item.texts("members"))
      },
      pipelines: try json.list("pipelines") { item throws(SettingsFault) in
        Pipeline(name: try item.text("name"), stages: try item.texts("stages"))
      },
      defaultUser: json["default_user"]?.string
    )
  }
}

private func strings(_ list: [String]) -> JSON { .array(list.map(JSON.string)) }

extension JSON {
  private func member(_ path: [String]) throws(SettingsFault) -> JSON {
    var value = self
    for key in path {
      guard let next = value[key] else {
        throw SettingsFault(member: path.joined(separator: "."))
      }
      value = next
    }
    return value
  }

  fileprivate func text(_ path: String...) throws(SettingsFault) -> String {
    guard let text = try member(path).string else {
      throw SettingsFault(member: path.joined(separator: "."))
    }
    return text
  }

  fileprivate func flag(_ path: String...) throws(SettingsFault) -> Bool {
    guard let flag = try member(path).bool else {
      throw SettingsFault(member: path.joined(separator: "."))
    }
    return flag
  }

  fileprivate func choice<Choice: RawRepresentable<String>>(_ path: String...)
    throws(SettingsFault) -> Choice
  {
    guard let text = try member(path).string, let choice = Choice(rawValue: text) else {
      throw SettingsFault(member: path.joined(separator: "."))
    }
    return choice
  }

  fileprivate func texts(_ path: String...) throws(SettingsFault) -> [String] {
    guard let items = try member(path).array else {
      throw SettingsFault(member: path.joined(separator: "."))
    }
    var texts: [String] = []
    for item in items {
      guard let text = item.string else {
        throw SettingsFault(member: path.joined(separator: "."))
      }
      texts.append(text)
    }
    return texts
  }

  fileprivate func list<Item>(
    _ key: String,
    _ make: (JSON) throws(SettingsFault) -> Item
  ) throws(SettingsFault) -> [Item] {
    guard let items = self[key]?.array else { throw SettingsFault(member: key) }
    var made: [Item] = []
    for item in items { made.append(try make(item)) }
    return made
  }
}
