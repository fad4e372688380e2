import StrictJSON

extension Trigger {
  var json: JSON {
    let condition: JSON =
      switch when {
      case .opportunityMark: "opportunity_mark"
      case .anyConversion: "any_conversion"
      case .conversion(let identifier): ["conversion": .string(identifier)]
      }
    return [
      "when": condition, "owner": owner.json, "pipeline": .string(pipeline),
      "stage": .string(stage),
      "qualification_from_scoring": .bool(qualificationFromScoring),
      "on_repeat": .string(onRepeat.rawValue),
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
    self.init(
      when: when,
      owner: try Owner(json: json["owner"] ?? .null),
      pipeline: try json.text("pipeline"),
      stage: try json.text("stage"),
      qualificationFromScoring: try json.flag("qualification_from_scoring"),
      onRepeat: try json.choice("on_repeat", orElse: .new)
    )
  }
}

extension Trigger.Owner {
  var json: JSON {
    switch self {
    case .everyone: "everyone"
    case .administrators: "administrators"
    case .leadOwner: "lead_owner"
    case .contactOwner: "contact_owner"
    case .user(let email): ["user": .string(email)]
    case .team(let name): ["team": .string(name)]
    }
  }

  init(json: JSON) throws(SettingsFault) {
    switch (json.string, json["user"]?.string, json["team"]?.string) {
    case ("everyone", _, _): self = .everyone
    case ("administrators", _, _): self = .administrators
    case ("lead_owner", _, _): self = .leadOwner
    case ("contact_owner", _, _): self = .contactOwner
    case (_, let email?, _): self = .user(email)
    case (_, _, let name?): self = .team(name)
    default: throw SettingsFault(member: "owner")
    }
  }
}

extension RecordRules {
  var json: JSON {
    [
      "create": .strings(RecordKind.allCases.filter(create.contains).map(\.rawValue)),
      "owners": .object(
        RecordKind.allCases.compactMap { record in
          owners[record].map { (record.rawValue, $0.json) }
        }
      ),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    var owners: [RecordKind: Trigger.Owner] = [:]
    for record in RecordKind.allCases {
      guard let owner = json["owners"]?[record.rawValue] else { continue }
      owners[record] = try Trigger.Owner(json: owner)
    }
    self.init(
      create: Set(try json.texts("create").compactMap(RecordKind.init(rawValue:))),
      owners: owners
    )
  }
}
