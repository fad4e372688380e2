internal import StrictJSON

/// A module with its fields, as the customer's studio has them.
struct DataCRMModule: Sendable, Hashable {
  static let usersPrefix = 19
  static let groupsPrefix = 20

  let name: String
  let prefix: Int
  var fields: [DataCRMField]

  func field(_ name: String) -> DataCRMField? { fields.first { $0.name == name } }

  /// The field that a program writes with, and under which a duplicate is found.
  var uniqueField: String? { ["Contacts": "mobile", "Accounts": "siccode"][name] }

  static let initial: [String: DataCRMModule] = Dictionary(
    uniqueKeysWithValues: [contacts, accounts, potentials].map { ($0.name, $0) }
  )

  private static let contacts = DataCRMModule(
    name: "Contacts",
    prefix: 12,
    fields: [
      .auto("contact_no", "Contacto No"), .text("firstname", "Nombre", width: 40),
      .text("lastname", "Apellidos", width: 80).required,
      .text("email", "Correo", type: "email", width: 100),
      .text("secondaryemail", "Correo secundario", type: "email", width: 100),
      .text("mobile", "Celular", type: "phone", width: 50),
      .text("phone", "Teléfono", type: "phone", width: 50), .text("title", "Cargo", width: 50),
      .text("mailingcity", "Ciudad", width: 40), .text("mailingstate", "Departamento", width: 30),
      .text("mailingcountry", "País", width: 40), .reference("account_id", "Cliente", "Accounts"),
      .text("emailoptout", "No enviar correo", type: "boolean"),
      .text("description", "Descripción", type: "text", width: 65_535),
      .text("rdstationid", "RD Station Id"), .text("public_url_rd", "URL RD"),
    ] + DataCRMField.ofEach
  )

  private static let accounts = DataCRMModule(
    name: "Accounts",
    prefix: 11,
    fields: [
      .auto("account_no", "Cliente No"),
      .text("accountname", "Nombre Cliente", width: 100).required,
      .text("siccode", "NIT", width: 50), .text("phone", "Teléfono", type: "phone", width: 30),
      .text("email1", "Correo", type: "email", width: 100),
      .text("website", "Sitio Web", type: "url", width: 100),
      .list("rating", "Estado", ["Activo", "Prospecto"]),
      .text("description", "Descripción", type: "text", width: 65_535),
    ] + DataCRMField.ofEach
  )

  private static let potentials = DataCRMModule(
    name: "Potentials",
    prefix: 13,
    fields: [
      .auto("potential_no", "Negocio No"), .text("potentialname", "Negocio", width: 120).required,
      .text("amount", "Monto", type: "currency"), .reference("related_to", "Cliente", "Accounts"),
      .reference("contact_id", "Contacto", "Contacts"),
      .text("closingdate", "Fecha de cierre", type: "date").required,
      .list(
        "sales_stage",
        "Etapa",
        [
          "Prospecto", "Nuevo", "Ejecucion", "Facturacion/Cierre", "Closed Won", "Closed Lost",
        ]
      ).required,
      .text("nextstep", "Próximo paso", width: 100), .text("reason_loss", "Motivo de pérdida"),
      .text("probability", "Probabilidad", type: "double"),
      .text("description", "Descripción", type: "text", width: 65_535),
      .text("rdstationid", "RD Station Id"), .text("public_url_rd", "URL RD"),
    ] + DataCRMField.ofEach
  )
}
