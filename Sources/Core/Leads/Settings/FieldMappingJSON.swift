import StrictJSON

extension FieldMapping {
  var json: JSON {
    [
      "record": .string(record.rawValue), "crm": .string(crm), "rd": .optional(rd),
      "default": .optional(fallback), "translate": .texts(translations),
      "on_mismatch": .optional(onMismatch?.rawValue), "clear": .bool(clears),
    ]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      record: try json.choice("record", orElse: .opportunity),
      crm: try json.text("crm"),
      rd: json["rd"]?.string,
      fallback: json["default"]?.string,
      translations: try json.textTable("translate"),
      onMismatch: json["on_mismatch"]?.string.flatMap(FieldPolicy.init(rawValue:)),
      clears: try json.flag("clear", orElse: false)
    )
  }
}

extension RDField {
  var json: JSON {
    ["name": .string(name), "type": .string(type.rawValue), "options": .strings(options)]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      name: try json.text("name"),
      type: try json.choice("type"),
      options: try json.texts("options")
    )
  }
}
