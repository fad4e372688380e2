package import Leads
private import Yams

/// The YAML document of one integration, checked, with its names resolved.
///
/// Reading it is pure: secrets are named, not read, and nothing is asked of a CRM.
package struct SettingsDocument: Sendable, Hashable {
  package let settings: Settings
  /// Nil when the document names none; those stored before stay.
  package let credentials: CredentialReferences?
  /// What is allowed and probably not meant, in the order of the lines.
  package let warnings: [DocumentProblem]
  /// The document as it was written, comments included.
  package let source: String

  /// - Parameters:
  ///   - yaml: At most 1 MiB.
  ///   - file: How the operator calls it; stands before each line number.
  ///   - connectable: The CRMs that this version can write to; one that is not among them is a problem,
  ///     and does not hide others.
  /// - Throws: Every problem at once; a text that is no YAML has one.
  package init(
    yaml: String,
    file: String,
    connectable: Set<CRMKind> = [.embedded]
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
    let reading = SettingsReading(document, connectable: connectable)
    guard findings.problems.isEmpty, let settings = reading.settings else {
      throw SettingsDocumentError(file: file, problems: findings.problems.byLine)
    }
    self.settings = settings
    credentials = reading.credentials
    warnings = findings.warnings.byLine
    source = yaml
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
