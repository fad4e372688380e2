import StrictJSON

extension CRMCatalogue {
  var json: JSON {
    [
      "users": .array(
        users.map { ["email": .string($0.email), "administrator": .bool($0.isAdministrator)] }
      ),
      "teams": .array(teams.map { ["name": .string($0.name), "members": .strings($0.members)] }),
      "pipelines": .array(
        pipelines.map { ["name": .string($0.name), "stages": .strings($0.stages)] }
      ),
      "fields": .array(fields.map(\.json)),
      "default_user": .optional(defaultUser),
      "plan": .optional(plan?.rawValue),
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
      fields: try json.laterList("fields") { item throws(SettingsFault) in
        try Field(json: item)
      },
      defaultUser: json["default_user"]?.string,
      plan: json["plan"]?.string.flatMap(Plan.init(rawValue:))
    )
  }
}

extension CRMCatalogue.Field {
  fileprivate var json: JSON {
    [
      "record": .string(record.rawValue), "name": .string(name), "type": .string(type.rawValue),
      "options": .strings(options), "required": .bool(isRequired),
      "new_options": .bool(takesNewOptions), "option_max": optionMax.map { .number($0) } ?? .null,
    ]
  }

  fileprivate init(json: JSON) throws(SettingsFault) {
    self.init(
      record: try json.choice("record"),
      name: try json.text("name"),
      type: try json.choice("type"),
      options: try json.texts("options"),
      isRequired: try json.flag("required"),
      takesNewOptions: try json.flag("new_options"),
      optionMax: json["option_max"]?.int
    )
  }
}
