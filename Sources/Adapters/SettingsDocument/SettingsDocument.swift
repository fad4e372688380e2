package import Leads
private import Yams

/// The YAML document of one integration, checked, with its names resolved.
///
/// Reading it is pure: secrets are named, not read, and nothing is asked of a CRM. The names of an outside
/// CRM are read against what it was found to have; before that they stand unchecked.
package struct SettingsDocument: Sendable, Hashable {
  package let settings: Settings
  /// Nil when the document names none; those stored before stay.
  package let credentials: CredentialReferences?
  /// Nil for a CRM that needs no login.
  package let crm: CRMReferences?
  /// What is allowed and probably not meant, in the order of the lines.
  package let warnings: [DocumentProblem]
  /// The document as it was written, comments included.
  package let source: String
  /// How the operator calls it.
  package let file: String
  /// Whether its names were compared with those of the CRM.
  package let hasCheckedNames: Bool

  /// - Parameters:
  ///   - yaml: At most 1 MiB.
  ///   - file: How the operator calls it; stands before each line number.
  ///   - reached: What the outside CRM was found to have; nil leaves its names unchecked.
  /// - Throws: Every problem at once; a text that is no YAML has one.
  package init(
    yaml: String,
    file: String,
    reached: ReachedCRM? = nil
  ) throws(SettingsDocumentError) {
    let findings = Findings()
    let root: Node?
    do {
      root = try Parser(yaml: yaml).singleRoot()
    } catch {
      throw SettingsDocumentError(file: file, problems: [DocumentProblem(error)])
    }
    let document = Field(root, path: "", line: 1, findings: findings)
    if !document.isFilled { document.problem("the document is empty") }
    let reading = SettingsReading(document, reached: reached)
    guard findings.problems.isEmpty, let settings = reading.settings else {
      throw SettingsDocumentError(file: file, problems: findings.problems.byLine)
    }
    self.settings = settings
    credentials = reading.credentials
    crm = reading.crm
    hasCheckedNames = reached != nil || settings.crm.traits.doors.isEmpty
    self.file = file
    warnings = findings.warnings.byLine
    source = yaml
  }
}

extension SettingsDocument {
  /// The same document, with its names read against the CRM.
  ///
  /// - Throws: Every problem at once.
  package func read(against reached: ReachedCRM) throws(SettingsDocumentError) -> SettingsDocument {
    try SettingsDocument(yaml: source, file: file, reached: reached)
  }
}

/// What an outside CRM was found to have, and where.
package struct ReachedCRM: Sendable, Hashable {
  package let account: CRMAccount
  package let catalogue: CRMCatalogue

  package init(account: CRMAccount, catalogue: CRMCatalogue) {
    self.account = account
    self.catalogue = catalogue
  }
}

/// Where the address and the login of an outside CRM are to be found.
package struct CRMReferences: Sendable, Hashable {
  package enum Address: Sendable, Hashable {
    case plain(String)
    case reference(SecretReference)
  }

  /// Nil for the vendor's own.
  package let address: Address?
  /// What the login opens, and where each of its keys leads; nil when the document names no login.
  package let login: Login?

  package struct Login: Sendable, Hashable {
    package let door: CRMDoor
    /// By the keys of the door.
    package let secrets: [String: SecretReference]
  }
}

/// Where the secrets of RD Station's application and login are to be found.
package struct CredentialReferences: Sendable, Hashable {
  package let clientID: SecretReference
  package let clientSecret: SecretReference
  package let refreshToken: SecretReference
}

extension DocumentProblem {
  fileprivate init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, path: "", sentence: "this is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let keys = names.map { "“\($0)”" }.joined(separator: ", ")
      self.init(line: context.mark.line, path: "", sentence: "the key \(keys) stands twice")
    case .reader(let problem, _, _, _):
      self.init(line: 1, path: "", sentence: "this is no YAML: \(problem)")
    default:
      self.init(line: 1, path: "", sentence: "this is no YAML")
    }
  }
}
