internal import StrictJSON

/// A field of the account's contacts.
struct RDField: Sendable, Hashable {
  var uuid: String
  var label: String
  var identifier: String
  var dataType: String
  var presentation: String
  var isCustom: Bool
  var validation: JSON = [:]

  private static func custom(_ number: Int, _ identifier: String, _ label: String) -> RDField {
    RDField(
      uuid: "c0000000-0000-4000-8000-00000000000\(number)",
      label: label,
      identifier: identifier,
      dataType: "STRING",
      presentation: "TEXT_INPUT",
      isCustom: true
    )
  }

  /// The standard fields, and the custom ones that the simulated leads use.
  static let initial: [RDField] =
    [
      "email", "name", "job_title", "state", "city", "country", "personal_phone", "mobile_phone",
      "twitter", "facebook", "linkedin", "website", "company_name", "company_site",
      "company_address", "tags", "legal_bases",
    ].enumerated().map { index, name in
      RDField(
        uuid: "a0000000-0000-4000-8000-0000000000\(index < 10 ? "0" : "")\(index)",
        label: name,
        identifier: name,
        dataType: name == "tags" ? "STRING[]" : "STRING",
        presentation: "TEXT_INPUT",
        isCustom: false
      )
    } + [
      custom(1, "cf_segmento_de_atuacao", "Segmento de atuação"),
      custom(2, "cf_volume_mensal", "Volume mensal"),
      custom(3, "cf_cnpj", "CNPJ"), custom(4, "cf_nit", "NIT"),
      custom(5, "cf_motivo_de_perda_no_crm", "Motivo de perda no CRM"),
    ]

  var json: JSON {
    [
      "uuid": .string(uuid), "api_identifier": .string(identifier),
      "custom_field": .bool(isCustom), "data_type": .string(dataType),
      "presentation_type": .string(presentation),
      "name": ["default": .string(label), "pt-BR": .string(label)],
      "label": ["default": .string(label), "pt-BR": .string(label)],
      "validation_rules": validation,
    ]
  }

  /// Refuses a value of another type, or one that is no valid option.
  func check(_ value: JSON) throws(Refusal) {
    let isFitting =
      switch (dataType, value) {
      case (_, .null), ("STRING", .string), ("INTEGER", .number), ("BOOLEAN", .bool),
        ("STRING[]", .array):
        true
      default: false
      }
    guard isFitting else {
      let type = dataType == "BOOLEAN" ? "MUST_BE_BOOLEAN" : "MUST_BE_STRING"
      throw RDErrors.field(identifier, type, "\(identifier) must be of type \(dataType).")
    }
    guard let options = validation["valid_options"]?.array, value != .null else { return }
    let valid = options.compactMap { $0["value"] }
    guard (value.array ?? [value]).allSatisfy(valid.contains) else {
      throw RDErrors.field(identifier, "MUST_BE_VALID_OPTION", "must be a valid option")
    }
  }
}
