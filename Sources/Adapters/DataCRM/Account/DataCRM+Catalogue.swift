package import Leads

extension DataCRM {
  /// Lists by their stored values, fields by what the screen calls them; groups without their members,
  /// which DataCRM does not tell: the settings list them in the order of the rotation.
  package func catalogue() async throws(CRMError) -> CRMCatalogue? {
    memory.forgetAccount()
    let account = try await account()
    let stages = try account.form(.opportunity).field("sales_stage")?.options.map(\.value) ?? []
    let fields = RecordKind.allCases.flatMap { account.forms[$0]?.catalogued(as: $0) ?? [] }
    return CRMCatalogue(
      users: account.users.map {
        .init(email: $0.email, isAdministrator: $0.isAdministrator)
      },
      teams: account.groups.map { .init(name: $0.name, members: []) },
      pipelines: [.init(name: places.pipeline, stages: stages)],
      fields: fields,
      defaultUser: account.users.first { $0.name == places.user }?.email
    )
  }
}

extension ModuleForm {
  /// What we write ourselves, and what the port has a place of its own for.
  private static let own: Set<String> = [
    "lastname", "accountname", "potentialname", "sales_stage", "closingdate", "account_id",
    "contact_id", "related_to", "rdstationid",
  ]

  fileprivate func catalogued(as kind: RecordKind) -> [CRMCatalogue.Field] {
    fields.filter { $0.isEditable && !$0.isOfSystem && !Self.own.contains($0.name) }.map { field in
      CRMCatalogue.Field(
        record: kind,
        // Of two fields of one label only the interface's name tells which.
        name: self.field(field.label)?.name == field.name ? field.label : field.name,
        type: field.fieldType,
        options: field.options.map(\.value),
        isRequired: field.isRequired
      )
    }
  }
}
