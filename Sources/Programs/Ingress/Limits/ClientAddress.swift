import Glibc

/// Who calls, as far as the network tells: an IPv4 address, or the 64 bits that one IPv6 site has.
struct ClientAddress: Hashable, Sendable {
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - peer: The address at the other end of the connection; nil when it has gone.
  ///   - forwarded: All `X-Forwarded-For` fields, in order.
  ///   - proxies: How many in front are trusted: each adds the address that it saw to the end, so the
  ///     caller is so many from the end. What is further to the front anybody may have written.
  init(_ peer: String?, forwarded: [String] = [], proxies: Int = 0) {
    let hops = forwarded.flatMap { $0.split(separator: ",") }
    let hop = proxies > 0 && hops.count >= proxies ? hops[hops.count - proxies] : nil
    // Text that is no address: the proxy is to blame, and is who is counted.
    bytes =
      hop.flatMap { Self.bytes(of: $0.filter { !$0.isWhitespace }) }
      ?? peer.flatMap(Self.bytes(of:)) ?? []
  }

  private static func bytes(of text: String) -> [UInt8]? {
    if let bytes = parsed(text, AF_INET, count: 4) { return bytes }
    guard let bytes = parsed(text, AF_INET6, count: 16) else { return nil }
    // An IPv4 address in IPv6 clothes is that address.
    return bytes.starts(with: mappedPrefix) ? Array(bytes.suffix(4)) : Array(bytes.prefix(8))
  }

  private static func parsed(_ text: String, _ family: Int32, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}
