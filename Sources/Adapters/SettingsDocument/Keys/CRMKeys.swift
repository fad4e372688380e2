import Leads

extension KeyTable {
  static let crm: KeyTable = [
    "kind": .word(CatalogueReading.kinds.map(\.rawValue))
      .required("embedded is the CRM in Esteira's own database."),
    "plan": .word(CRMCatalogue.Plan.allCases.map(\.rawValue))
      .says("The plan of RD Station CRM: free has one trigger and at most 50 segments."),
    "users": .list(.oneOf([.text, .section(user)]))
      .says("The people who can own a record; a bare e-mail address is one."),
    "teams": .names(.list(.text)).says("Teams by name, each with the addresses of its members."),
    "pipelines": .names(.list(.text)).required("Pipelines by name, each with its stages in order."),
    "default_user": .text.says("Owns what nobody else can."),
    "fields": .section(recordFields).says(
      "The CRM's fields by record, besides names, e-mail addresses and phones. Only a field that "
        + "stands here can be mapped."
    ),
    "variables": .names(.text).says("What a totvs asks for besides, by its own names."),
  ]

  static let user: KeyTable = [
    "email": .text.required("The user's e-mail address."),
    "administrator": .flag(false).says("Counts among owner: administrators."),
  ]

  static let recordFields = KeyTable(
    RecordKind.allCases.map { record in
      let shape = fieldShape(.section(crmField))
      return (
        record.rawValue,
        .names(shape).says("Fields of the \(record.rawValue), each with its type.")
      )
    }
  )

  static let crmField: KeyTable = [
    "type": type,
    "options": options,
    "required": .flag(false).says("Left empty, it keeps the record from being made."),
    "new_options": .flag(false).says("The list takes options that it does not have yet."),
    "option_max": .count.says("How many options the list can have."),
  ]
}
