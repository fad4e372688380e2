import Testing

@testable import Ingress

struct ClientAddressTests {
  @Test func `without proxies the peer counts, whatever a header says`() {
    let peer = ClientAddress("192.0.2.1")
    #expect(ClientAddress("192.0.2.1", forwarded: ["203.0.113.9"]) == peer)
    #expect(ClientAddress("192.0.2.2") != peer)
    #expect(ClientAddress("::ffff:192.0.2.1") == peer)
  }

  @Test func `an IPv6 site is one caller`() {
    #expect(ClientAddress("2001:db8:1:2::1") == ClientAddress("2001:db8:1:2:ffff::9"))
    #expect(ClientAddress("2001:db8:1:2::1") != ClientAddress("2001:db8:1:3::1"))
  }

  @Test(arguments: [
    (1, ["203.0.113.9"], "203.0.113.9"),
    (1, ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
    (1, ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
    (2, ["1.1.1.1, 203.0.113.9,198.51.100.1"], "203.0.113.9"),
    // Fewer than there are proxies: somebody goes around them.
    (2, ["203.0.113.9"], "192.0.2.1"),
    (1, ["unknown"], "192.0.2.1"),
    (1, [], "192.0.2.1"),
  ])
  func `behind proxies the caller is who the outermost trusted one saw`(
    proxies: Int,
    forwarded: [String],
    expected: String
  ) {
    let address = ClientAddress("192.0.2.1", forwarded: forwarded, proxies: proxies)
    #expect(address == ClientAddress(expected))
  }
}
