extension Endpoint {
  /// Reads an address.
  ///
  /// Defaults: user and password `guest`, port 5672 or 5671 with TLS, virtual host `/`, heartbeat
  /// 10 s, and with TLS the system's authorities. User, password and virtual host are
  /// percent-decoded. Several hosts are separated by commas, an IPv6 address stands in brackets.
  ///
  /// - Throws: An error that names the part that is wrong and never shows the password.
  package init(_ url: String) throws(EndpointError) {
    let secure: Bool
    var rest: Substring
    if url.hasPrefix("amqp://") {
      (secure, rest) = (false, url.dropFirst(7))
    } else if url.hasPrefix("amqps://") {
      (secure, rest) = (true, url.dropFirst(8))
    } else {
      throw .scheme
    }
    var query: Substring = ""
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    var path: Substring = ""
    if let slash = rest.firstIndex(of: "/") {
      path = rest[rest.index(after: slash)...]
      rest = rest[..<slash]
    }
    var credentials: Substring?
    if let sign = rest.lastIndex(of: "@") {
      credentials = rest[..<sign]
      rest = rest[rest.index(after: sign)...]
    }
    (user, password) = try Self.credentials(credentials)
    hosts = try Self.hosts(rest, defaultPort: secure ? 5671 : 5672)
    guard !path.contains("/") else { throw .path(String(path)) }
    let decodedPath = try Self.percentDecoded(path, part: "virtual host")
    virtualHost = decodedPath.isEmpty ? "/" : decodedPath
    let parameters = try Self.parameters(query)
    heartbeatSeconds = parameters.heartbeat ?? 10
    guard secure || parameters.authorityFile == nil else { throw .authorityWithoutTLS }
    authorityFile = secure ? parameters.authorityFile ?? Self.systemAuthorityFile : nil
  }

  private static func credentials(
    _ text: Substring?
  ) throws(EndpointError) -> (user: String, password: String) {
    guard let text else { return ("guest", "guest") }
    guard let colon = text.firstIndex(of: ":") else {
      return (try percentDecoded(text, part: "user"), "")
    }
    return (
      try percentDecoded(text[..<colon], part: "user"),
      try percentDecoded(text[text.index(after: colon)...], part: "password")
    )
  }

  private static func hosts(
    _ text: Substring,
    defaultPort: UInt16
  ) throws(EndpointError) -> [Host] {
    var hosts: [Host] = []
    for place in text.split(separator: ",", omittingEmptySubsequences: false) {
      var name = place
      var port: Substring?
      if place.hasPrefix("["), let bracket = place.firstIndex(of: "]") {
        name = place[place.index(after: place.startIndex)..<bracket]
        let after = place[place.index(after: bracket)...]
        guard after.isEmpty || after.hasPrefix(":") else { throw .host(String(place)) }
        port = after.isEmpty ? nil : after.dropFirst()
      } else if let colon = place.firstIndex(of: ":") {
        name = place[..<colon]
        port = place[place.index(after: colon)...]
      }
      guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw .host(String(name))
      }
      let number = port.map { UInt16($0) ?? 0 } ?? defaultPort
      guard number > 0 else { throw .port(String(port ?? "")) }
      hosts.append(Host(name: String(name), port: number))
    }
    return hosts
  }

  private static func parameters(
    _ query: Substring
  ) throws(EndpointError) -> (heartbeat: Int?, authorityFile: String?) {
    var heartbeat: Int?
    var authorityFile: String?
    for parameter in query.split(separator: "&") {
      let halves = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = halves.count == 2 ? try percentDecoded(halves[1], part: "query") : ""
      switch halves[0] {
      case "heartbeat":
        guard let seconds = Int(value), (1...600).contains(seconds) else {
          throw .heartbeat(value)
        }
        heartbeat = seconds
      case "cacertfile":
        authorityFile = value
      case let key:
        throw .query(String(key))
      }
    }
    return (heartbeat, authorityFile)
  }

  private static func percentDecoded(
    _ text: Substring,
    part: String
  ) throws(EndpointError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexDigit),
        let low = rest.popFirst().flatMap(hexDigit)
      else { throw .percentEncoding(in: part) }
      bytes.append(high << 4 | low)
    }
    // The C library takes texts that end at a zero byte.
    guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
      throw .percentEncoding(in: part)
    }
    return decoded
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
