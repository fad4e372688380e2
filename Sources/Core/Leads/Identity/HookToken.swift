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
  /// - Parameters:
  ///   - kind: Who will call.
  ///   - integration: Whose leads come.
  ///   - generation: From 1; a higher one replaces the addresses given out before.
  ///   - secret: The fleet's.
  package init(
    _ kind: Kind,
    of integration: IntegrationName,
    generation: Int = 1,
    secret: Secret
  ) {
    let code = HMAC<SHA256>.authenticationCode(
      for: Self.subject(kind, integration, generation),
      using: SymmetricKey(data: secret.bytes)
    )
    text = "\(generation).\(base64URL(Array(code)))"
  }

  /// Whether a caller's token is one of ours, of this kind and integration, and not outlived.
  ///
  /// The comparison takes the same time wherever the two differ.
  ///
  /// - Parameters:
  ///   - text: What stood in the address; anything at all.
  ///   - kind: Who calls, as the address says.
  ///   - integration: Whose leads come, as the address says.
  ///   - minimum: The oldest generation that is still accepted, from 1.
  ///   - secret: The fleet's.
  /// - Returns: False for anything else.
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

private let alphabet = Array(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
)

/// RFC 4648 section 5, without padding.
private func base64URL(_ bytes: [UInt8]) -> String {
  var text: [UInt8] = []
  var held: UInt32 = 0
  var bits = 0
  for byte in bytes {
    held = held << 8 | UInt32(byte)
    bits += 8
    while bits >= 6 {
      bits -= 6
      text.append(alphabet[Int(held >> UInt32(bits) & 63)])
    }
  }
  if bits > 0 { text.append(alphabet[Int(held << UInt32(6 - bits) & 63)]) }
  return String(decoding: text, as: UTF8.self)
}

/// Nil unless the text is what ``base64URL(_:)`` writes, so that one code has one spelling.
private func base64URLBytes(_ text: some StringProtocol) -> [UInt8]? {
  guard text.utf8.count <= 64 else { return nil }
  var bytes: [UInt8] = []
  var held: UInt32 = 0
  var bits = 0
  for byte in text.utf8 {
    guard let value = alphabet.firstIndex(of: byte) else { return nil }
    held = held << 6 | UInt32(value)
    bits += 6
    if bits >= 8 {
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
    }
  }
  return base64URL(bytes).utf8.elementsEqual(text.utf8) ? bytes : nil
}
