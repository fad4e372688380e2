import Glibc
import Testing

@testable import Ingress

extension IngressTests {
  @Test func `a connection too many is closed at once, and there is room when another ends`()
    async throws
  {
    try await withIngress({ $0.connectionsMax = 2 }, url: "amqp://guest:guest@127.0.0.1:1/") {
      ingress in
      let first = try Caller(ingress.port)
      let second = try Caller(ingress.port)
      #expect(first.asks() == "HTTP/1.1 404")
      #expect(second.asks() == "HTTP/1.1 404")
      for _ in 0..<3 { #expect(try Caller(ingress.port).asks() == "") }
      #expect(first.asks() == "HTTP/1.1 404", "who is in stays in")
      second.hangUp()
      try await wait("there is room again") {
        try Caller(ingress.port).asks() == "HTTP/1.1 404"
      }
    }
  }
}

/// One TCP connection that stays open.
private final class Caller {
  private let descriptor: Int32
  private var isOpen = true

  init(_ port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let descriptor = self.descriptor
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected)
  }

  deinit { hangUp() }

  /// The first words of the answer; empty when the connection was closed, nil without a word in 5 s.
  func asks() -> String? {
    let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    // A connection that is closed already is no signal that ends the tests.
    send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count < 0 { return errno == ECONNRESET ? "" : nil }
    return String(decoding: bytes.prefix(min(count, 12)), as: UTF8.self)
  }

  func hangUp() {
    if isOpen { close(descriptor) }
    isOpen = false
  }
}
