private import Crypto

/// The secret in the address of a webhook, by which a caller shows that the address was given to it.
///
/// `<generation>.<base64url(HMAC-SHA256(secret, "hook|<kind>|<integration>|<generation>"))>`: it can be
/// checked without a database, and a new generation makes the old addresses worthless.
package struct HookToken: Sendable, Hashable {
  /// Who calls the address.
  package enum Kind: String, Sendable, CaseIterable {
    case rd, crm
  }

  /// The secret that makes and checks tokens; kept out of every description.
  package struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    fileprivate let bytes: [UInt8]

    /// Nil unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
      guard bytes.count == 32 else { return nil }
      self.bytes = bytes
    }

    package var description: String { "HookToken.Secret" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
  }

  /// What stands in the address: a secret, never to be logged.
  package let text: String

  /// Makes the token of an address.
  ///
  /// Generations count from 1; a higher one replaces the addresses given out before.
  package init(_ kind: Kind, of integration: IntegrationName, generation: Int = 1, secret: Secret) {
    let code = HMAC<SHA256>.authenticationCode(
      for: Self.subject(kind, integration, generation),
      using: SymmetricKey(data: secret.bytes)
    )
    text = "\(generation).\(Base64.url(Array(code)))"
  }

  /// Whether a caller's token is one of ours, of this kind and integration, and not outlived.
  ///
  /// The comparison takes the same time wherever the two differ. The text, the kind and the integration are
  /// what stood in the address, anything at all; `minimum` is the oldest generation that is still accepted,
  /// from 1.
  package static func isValid(
    _ text: some StringProtocol,
    _ kind: Kind,
    of integration: IntegrationName,
    generation minimum: Int = 1,
    secret: Secret
  ) -> Bool {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let claimed = parts.count == 2 ? Int(parts[0]) : nil
    let code = parts.count == 2 ? base64URLBytes(parts[1]) : nil
    // What cannot be right is computed through all the same, so that it takes as long to refuse.
    let matches = HMAC<SHA256>.isValidAuthenticationCode(
      code ?? [UInt8](repeating: 0, count: SHA256.byteCount),
      authenticating: subject(kind, integration, claimed ?? 0),
      using: SymmetricKey(data: secret.bytes)
    )
    guard let claimed, code != nil else { return false }
    return matches && claimed >= max(1, minimum) && "\(claimed)".utf8.elementsEqual(parts[0].utf8)
  }

  private static func subject(
    _ kind: Kind,
    _ integration: IntegrationName,
    _ generation: Int
  ) -> [UInt8] {
    Array("hook|\(kind.rawValue)|\(integration)|\(generation)".utf8)
  }
}

/// Nil unless the text is what ``Base64/url(_:)`` writes, so that one code has one spelling.
private func base64URLBytes(_ text: some StringProtocol) -> [UInt8]? {
  guard text.utf8.count <= 64, let bytes = Base64.bytes(of: text) else { return nil }
  return Base64.url(bytes).utf8.elementsEqual(text.utf8) ? bytes : nil
}
