import Leads

/// What an account has to choose from: forms, users, groups.
struct DataCRMAccount: Sendable {
  struct User: Sendable, Hashable {
    /// Such as `19x6`.
    let id: String
    let name: String
    let email: String
    let isAdministrator: Bool
  }

  struct Group: Sendable, Hashable {
    /// Such as `20x5`.
    let id: String
    let name: String
  }

  /// Pages of users or groups that are read.
  private static let pagesMax = 20

  /// Of the modules that the login's user may see.
  let forms: [RecordKind: ModuleForm]
  /// Those who have not left.
  let users: [User]
  let groups: [Group]

  init(asking link: DataCRMLink) async throws(CRMError) {
    var forms: [RecordKind: ModuleForm] = [:]
    for kind in RecordKind.allCases {
      do throws(CRMError) {
        forms[kind] = try await link.form(of: kind.module)
      } catch {
        // A customer may use some of the modules only.
        guard error.code == .configuration else { throw error }
      }
    }
    self.forms = forms
    users = try await Self.all("Users", link).filter { $0["status"].lowercased() != "inactive" }
      .map { row in
        User(
          id: row.id,
          name: row["user_name"],
          email: row["email1"],
          isAdministrator: ["on", "1"].contains(row["is_admin"])
        )
      }
    groups = try await Self.all("Groups", link).map { Group(id: $0.id, name: $0["groupname"]) }
  }

  private static func all(_ module: String, _ link: DataCRMLink) async throws(CRMError)
    -> [DataCRMRow]
  {
    var rows: [DataCRMRow] = []
    for page in 0..<pagesMax {
      let listed = try await link.rows(Statement(module, offset: page * Statement.rowsMax))
      rows += listed
      if listed.count < Statement.rowsMax { break }
    }
    return rows
  }

  func form(_ kind: RecordKind) throws(CRMError) -> ModuleForm {
    guard let form = forms[kind] else {
      throw .settings("no_module", "DataCRM shows no module \(kind.module).")
    }
    return form
  }

  /// Whom “Asignado a” names: an id, a user's address or name, or a group's name.
  ///
  /// - Throws: ``CRMError`` of code `configuration` for somebody who has left or never was there.
  func owner(_ text: String) throws(CRMError) -> String {
    let word = text.trimmed
    if let user = users.first(where: { $0.id == word || $0.name == word }) { return user.id }
    let address = word.lowercased()
    if let user = users.first(where: { $0.email.lowercased() == address }) { return user.id }
    if let group = groups.first(where: { $0.id == word || $0.name == word }) { return group.id }
    throw .settings("owner_gone", "The owner in the settings is no active user of DataCRM.")
  }
}
