import Leads

/// The parts of `/v1/hooks/{rd|crm}/{integration}/{token}`, unproven.
struct HookAddress: Sendable {
  let kind: HookToken.Kind
  /// Nil when it cannot be the name of one.
  let integration: IntegrationName?
  let token: Substring

  /// What logs and metrics show instead of the path, which holds the token.
  var route: String { "/v1/hooks/\(kind.rawValue)" }

  /// Nil when the path is of another form.
  init?(path: String) {
    let parts = path.split(separator: "/", maxSplits: 8, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].isEmpty, parts[1] == "v1", parts[2] == "hooks",
      let kind = HookToken.Kind(rawValue: String(parts[3]))
    else { return nil }
    self.kind = kind
    integration = IntegrationName(parts[4])
    token = parts[5]
  }

  /// The integration, when the token is its own.
  ///
  /// Takes as long for a name that cannot exist as for a wrong token.
  func authenticated(secret: HookToken.Secret, generation: Int) -> IntegrationName? {
    let name = integration ?? Self.nobody
    let isValid = HookToken.isValid(token, kind, of: name, generation: generation, secret: secret)
    return isValid ? integration : nil
  }

  private static let nobody: IntegrationName = {
    guard let name = IntegrationName("nobody") else {
      preconditionFailure("a plain word is a name")
    }
    return name
  }()
}
