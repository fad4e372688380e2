/// The address of a service outside that the fleet calls, as a person wrote it into the settings.
///
/// Reads one plain form only, so that no two programs read it differently:
/// `https://host[:port][/path]`, or `http://` for what runs on the operator's own network, such as
/// the sandbox. Secrets go there, so `http://` never leaves that network; and a name with `https://`
/// never enters it, whatever the name server says at that moment. An IP address means itself.
package struct OutgoingAddress: Sendable, Hashable {
  /// As it was written.
  package let text: String
  package let isEncrypted: Bool
  /// A name, or an IP address without brackets.
  package let host: String
  package let port: Int
  private let literal: IPAddress?

  package init(_ text: String) throws(OutgoingAddressRefusal) {
    // A white space, a control character or a backslash is read differently by everybody.
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"\"<>^`{|}"#.utf8.contains($0) })
    else { throw .form }
    let isEncrypted = text.hasPrefix("https://")
    guard isEncrypted || text.hasPrefix("http://") else { throw .scheme }
    let rest = text.dropFirst(isEncrypted ? 8 : 7)
    guard !rest.contains("?"), !rest.contains("#") else { throw .form }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else { throw .userInfo }
    let (host, port) = try Self.parts(of: authority)
    let literal = try Self.literal(host)
    if let literal {
      switch literal.reach {
      case .world: guard isEncrypted else { throw .unencrypted }
      case .site, .machine: break
      case .link, .nobody: throw .reach
      }
    }
    self.text = text
    self.isEncrypted = isEncrypted
    self.host = host
    self.port = port ?? (isEncrypted ? 443 : 80)
    self.literal = literal
  }

  /// Whether a connection that leads to this peer is one to this address.
  package func permits(_ peer: IPAddress) -> Bool {
    if let literal { return peer == literal }
    switch peer.reach {
    case .world: return isEncrypted
    case .site, .machine: return !isEncrypted
    case .link, .nobody: return false
    }
  }

  private static func parts(of authority: Substring) throws(OutgoingAddressRefusal) -> (
    host: String, port: Int?
  ) {
    var host = authority.prefix { $0 != ":" }
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { throw .host }
      host = authority[...end]
    }
    let rest = authority[host.endIndex...]
    guard !rest.isEmpty else { return (String(host), nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", (1...5).contains(digits.utf8.count), digits.first != "0",
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
      (1...65_535).contains(port)
    else { throw .port }
    return (String(host), port)
  }

  /// The IP address that the host is; nil for a name.
  private static func literal(_ host: String) throws(OutgoingAddressRefusal) -> IPAddress? {
    if host.hasPrefix("[") {
      guard let address = IPAddress(host.dropFirst().dropLast()), host.contains(":") else {
        throw .host
      }
      return address
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard host.utf8.count <= 253, let last = labels.last, labels.allSatisfy(isLabel) else {
      throw .host
    }
    // What ends in a number is an address to every resolver, in a form that may be a disguise.
    let isNumber =
      last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.lowercased().hasPrefix("0x")
    guard isNumber else { return nil }
    guard let address = IPAddress(host) else { throw .disguised }
    return address
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
      && label.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
  }
}

/// Why an address is not called.
///
/// The description never quotes the address, which may hold a password.
package enum OutgoingAddressRefusal: String, Error, Sendable, Hashable, CustomStringConvertible {
  case form = "it is not of the form https://host[:port][/path]"
  case scheme = "it begins with neither https:// nor http://"
  case userInfo = "it holds a user or a password"
  case host = "its host is no name and no IP address"
  case disguised = "its host is an IP address that is not written as four decimal numbers"
  case port = "its port is no number from 1 to 65535"
  case reach = "its IP address is one that no service has: link-local, metadata or reserved"
  case unencrypted = "http:// would send secrets over the internet; it is for own networks only"
  case peer = "the connection led to an IP address where this service cannot be"

  package var description: String { rawValue }
}
