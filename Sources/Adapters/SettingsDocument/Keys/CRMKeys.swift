import Leads

extension KeyTable {
  static let crm = KeyTable([
    Key(
      "kind",
      .word(CatalogueReading.kinds.map(\.rawValue)),
      "embedded is the CRM in Esteira's own database.",
      isRequired: true
    ),
    Key(
      "plan",
      .word(CRMCatalogue.Plan.allCases.map(\.rawValue)),
      "The plan of RD Station CRM: free has one trigger and at most 50 segments."
    ),
    Key(
      "users",
      .list(.oneOf([.text, .section(user)])),
      "The people who can own a record; a bare e-mail address is one."
    ),
    Key("teams", .names(.list(.text)), "Teams by name, each with the addresses of its members."),
    Key(
      "pipelines",
      .names(.list(.text)),
      "Pipelines by name, each with its stages in order.",
      isRequired: true
    ),
    Key("default_user", .text, "Owns what nobody else can."),
    Key(
      "fields",
      .section(recordFields),
      "The CRM's fields by record, besides names, e-mail addresses and phones. Only a field that "
        + "stands here can be mapped."
    ),
    Key("variables", .names(.text), "What a totvs asks for besides, by its own names."),
  ])

  static let user = KeyTable([
    Key("email", .text, "The user's e-mail address.", isRequired: true),
    Key("administrator", .flag(false), "Counts among owner: administrators."),
  ])

  static let recordFields = KeyTable(
    RecordKind.allCases.map { record in
      Key(
        record.rawValue,
        .names(fieldShape(.section(crmField))),
        "Fields of the \(record.rawValue), each with its type."
      )
    }
  )

  static let crmField = KeyTable([
    typeKey,
    optionsKey,
    Key("required", .flag(false), "Left empty, it keeps the record from being made."),
    Key("new_options", .flag(false), "The list takes options that it does not have yet."),
    Key("option_max", .count, "How many options the list can have."),
  ])
}
