import Leads

extension KeyTable {
  static let crm: KeyTable = [
    "kind": .word(CatalogueReading.kinds.map(\.rawValue))
      .required("embedded is the CRM in Esteira's own database."),
    "address": .text.says(
      "Where the account is, https://…, or where to find that, env:NAME or file:PATH; the vendor's own "
        + "when left out. A datacrm needs it."
    ),
    "login": .section(crmLogin).says("Where the login of the account is to be found."),
    "plan": .word(CRMCatalogue.Plan.allCases.map(\.rawValue))
      .says("The plan of RD Station CRM: free has one trigger and at most 50 segments."),
    "users": .list(.oneOf([.text, .section(user)]))
      .says("The people who can own a record; a bare e-mail address is one. Only for embedded."),
    "teams": .names(.list(.text)).says(
      "Teams by name, each with the addresses of its members; at another CRM for groups whose members it "
        + "does not tell."
    ),
    "pipelines": .names(.list(.text))
      .says(
        "Pipelines by name, each with its stages in order. Only for embedded, which needs them."
      ),
    "default_user": .text.says("Owns what nobody else can."),
    "fields": .section(recordFields).says(
      "The CRM's fields by record, besides names, e-mail addresses and phones. Only a field that "
        + "stands here can be mapped. Only for embedded: another CRM tells its own."
    ),
    "variables": .names(.text).says("What a totvs asks for besides, by its own names."),
  ]

  static let crmLogin: KeyTable = [
    "token": .secret.says("rd_station_crm, v1 of its API: a user's token."),
    "client_id": .secret.says("rd_station_crm, v2 of its API: the application's id."),
    "client_secret": .secret.says("rd_station_crm, v2: the application's secret."),
    "refresh_token": .secret.says("rd_station_crm, v2: the first refresh token."),
    "user": .secret.says("totvs, datacrm: the user's name."),
    "password": .secret.says("totvs: the user's password."),
    "tenant": .secret.says("totvs: the customer's name there."),
    "access_key": .secret.says("datacrm: the Access Key of the user's preferences."),
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
