package import Leads

/// The web address of an integration's hook.
package struct HookAddress: Sendable {
  /// `?trigger=`: why RD Station calls, which its bodies do not tell.
  package enum Trigger: String, Sendable, CaseIterable {
    case conversion, opportunity
  }

  package let publicURL: String
  package let kind: HookToken.Kind
  package let integration: IntegrationName
  package let generation: Int
  package let secret: HookToken.Secret

  package init(
    publicURL: String,
    kind: HookToken.Kind,
    integration: IntegrationName,
    generation: Int,
    secret: HookToken.Secret
  ) {
    self.publicURL = publicURL
    self.kind = kind
    self.integration = integration
    self.generation = generation
    self.secret = secret
  }

  package func url(trigger: Trigger? = nil) -> String {
    let token = HookToken(kind, of: integration, generation: generation, secret: secret)
    let base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    let query = trigger.map { "?trigger=\($0.rawValue)" } ?? ""
    return "\(base)/v1/hooks/\(kind.rawValue)/\(integration)/\(token.text)\(query)"
  }
}
