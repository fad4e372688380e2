private import Glibc

/// An IP address; IPv4 and its IPv6-mapped form are the same address.
package struct IPAddress: Sendable, Hashable {
  /// Who can be behind an address.
  package enum Reach: Sendable, Hashable {
    /// Anybody on the internet.
    case world
    /// The operator's own networks.
    case site
    /// This machine.
    case machine
    /// The same wire, where clouds hand out the machine's own credentials.
    case link
    /// No single host: multicast, documentation, tunnels and what is not assigned.
    case nobody
  }

  /// Sixteen of them.
  private let bytes: [UInt8]

  /// Reads an IPv4 address of four decimal numbers, or an IPv6 address without brackets and zone.
  ///
  /// Nil for anything else, such as the short, octal and hexadecimal forms that some resolvers take.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    // The C function stops at NUL, and so would not see what follows it.
    guard !text.utf8.contains(0) else { return nil }
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      let number = UInt32(bigEndian: four.s_addr)
      let own = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
      // Whether 010 is ten or eight is a matter of taste.
      guard own.map({ "\($0)" }).joined(separator: ".") == text else { return nil }
      bytes = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + own
      return
    }
    var sixteen = in6_addr()
    guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
    bytes = withUnsafeBytes(of: sixteen) { Array($0) }
  }

  package var reach: Reach {
    if let four = embedded { return four }
    if known(Self.metadata6) { return .link }
    if isIn(128, 0, 0, 0, 0, 0, 0, 0, 1) { return .machine }
    if isIn(10, 0xFE80) { return .link }
    if isIn(7, 0xFC00) { return .site }
    // Teredo and its neighbours, documentation, 6to4, documentation.
    if isIn(23, 0x2001) || isIn(32, 0x2001, 0x0DB8) || isIn(16, 0x2002) || isIn(20, 0x3FFF) {
      return .nobody
    }
    return isIn(3, 0x2000) ? .world : .nobody
  }

  /// The reach of the IPv4 address that the address stands for; nil when it stands for none.
  private var embedded: Reach? {
    // Mapped, and translated by a NAT64 gateway.
    guard isIn(96, 0, 0, 0, 0, 0, 0xFFFF) || isIn(96, 0x64, 0xFF9B) else { return nil }
    let four = bytes[12...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    if Self.metadata4.contains(four) { return .link }
    return Self.ranges.first { four >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }?.reach
      ?? .world
  }

  private func known(_ addresses: [[UInt8]]) -> Bool { addresses.contains(bytes) }

  /// Whether the first bits are those of these groups, missing ones being zero.
  private func isIn(_ bits: Int, _ groups: UInt16...) -> Bool {
    (0..<bits).allSatisfy { bit in
      let group = bit / 16 < groups.count ? groups[bit / 16] : 0
      let wanted = group >> UInt16(15 - bit % 16) & 1
      return UInt16(bytes[bit / 8] >> UInt8(7 - bit % 8) & 1) == wanted
    }
  }

  /// Where clouds answer for the machine outside the link-local range: Alibaba's, Azure's.
  private static let metadata4: Set<UInt32> = [0x6464_64C8, 0xA83F_8110]

  /// Amazon's, inside the range of private networks.
  private static let metadata6: [[UInt8]] = [
    [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
  ]

  /// IANA's registry of special IPv4 addresses.
  private static let ranges: [(network: UInt32, bits: UInt32, reach: Reach)] = [
    (0x0000_0000, 8, .nobody), (0x0A00_0000, 8, .site), (0x6440_0000, 10, .site),
    (0x7F00_0000, 8, .machine), (0xA9FE_0000, 16, .link), (0xAC10_0000, 12, .site),
    (0xC000_0000, 24, .nobody), (0xC000_0200, 24, .nobody), (0xC058_6300, 24, .nobody),
    (0xC0A8_0000, 16, .site), (0xC612_0000, 15, .nobody), (0xC633_6400, 24, .nobody),
    (0xCB00_7100, 24, .nobody), (0xE000_0000, 4, .nobody), (0xF000_0000, 4, .nobody),
  ]
}
