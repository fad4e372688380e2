import Leads

/// Reads `rd_station:`, the account, where its secrets are, and its custom fields.
struct AccountReading {
  private(set) var name: String?
  private(set) var credentials: CredentialReferences?
  /// Nil when the document does not tell them.
  private(set) var fields: [RDField]?

  init(_ field: Field) {
    guard field.isFilled else {
      field.problem("is missing; the smallest is rd_station: { account: NAME }")
      return
    }
    let section = Section(field, .account)
    // For people who read the document.
    _ = section["plan"].text()
    readCredentials(section, at: field)
    name = section["account"].requiredText()
    guard section["fields"].isFilled else { return }
    fields = section["fields"].entries().compactMap { name, value in
      guard RDStandardField.isCustom(name) else {
        value.problem("only custom fields stand here, and their identifiers begin with cf_")
        return nil
      }
      guard let shape = FieldShapeReading(value, .rdField) else { return nil }
      if shape.type.hasOptions, shape.options.isEmpty {
        value.warning("tells no options, so they are not compared with the CRM's")
      }
      return RDField(name: name, type: shape.type, options: shape.options)
    }
  }

  private mutating func readCredentials(_ section: Section, at field: Field) {
    let keys = ["client_id", "client_secret", "refresh_token"]
    let isConnected = keys.contains { section[$0].isFilled }
    let found = keys.map { isConnected ? section[$0].requiredReference() : nil }
    if !isConnected {
      field.warning(
        "has no client_id, client_secret and refresh_token: RD Station is told by a login that was "
          + "stored before, and not at all where none was"
      )
    }
    if let id = found[0], let secret = found[1], let token = found[2] {
      credentials = CredentialReferences(clientID: id, clientSecret: secret, refreshToken: token)
    }
  }
}
