import Belt
import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import OutsideCalls
import RDStation
import Synchronization
import TestKit
import Testing

/// T45: what a person, a name server or an answer may do to make the fleet call a place that it should
/// not.
@Suite(.timeLimit(.minutes(1)))
struct OutgoingAddressTests {
  @Test(
    arguments: [
      ("https://api.rd.services", "api.rd.services", 443), ("https://a.b/c/d", "a.b", 443),
      ("https://api.rd.services:8443/", "api.rd.services", 8443),
      ("http://sandbox/rd", "sandbox", 80),
      ("http://127.0.0.1:8090/rd", "127.0.0.1", 8090), ("http://[::1]:8090", "[::1]", 8090),
      ("http://10.1.2.3", "10.1.2.3", 80), ("http://192.168.0.9:81", "192.168.0.9", 81),
      ("https://8.8.8.8", "8.8.8.8", 443), ("https://[2606:4700::1111]", "[2606:4700::1111]", 443),
      ("https://172.20.0.3", "172.20.0.3", 443), ("http://[fd12::7]", "[fd12::7]", 80),
      ("https://crm_interno:9000", "crm_interno", 9000), ("http://a-1.b", "a-1.b", 80),
      ("https://x/a:b@c", "x", 443), ("http://[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]", 80),
    ]
  )
  func `a plain address is read`(text: String, host: String, port: Int) throws {
    let address = try OutgoingAddress(text)
    #expect((address.text, address.host, address.port) == (text, host, port))
    #expect(address.isEncrypted == text.hasPrefix("https"))
  }

  private static let refused: [(text: String, why: OutgoingAddressRefusal)] = [
    ("", .scheme), ("api.rd.services", .scheme), ("//api.rd.services", .scheme),
    ("ftp://api.rd.services", .scheme), ("file:///etc/passwd", .scheme),
    ("gopher://127.0.0.1:6379/_x", .scheme), ("unix:///run/docker.sock", .scheme),
    ("http+unix://run", .scheme), ("HTTPS://api.rd.services", .scheme),
    ("javascript:alert(1)", .scheme), ("https:/a.b", .scheme), ("https:a.b", .scheme),
    (" https://a.b", .form), ("https://a.b ", .form), ("https://a b", .form),
    ("https://a.b\r\nHost: c", .form), ("https://a.b\t", .form), ("https://a.b\0", .form),
    ("https://a.b\\@c.d", .form), ("https://a\\.b", .form), ("https://é.b", .form),
    ("https://ａ.b", .form), ("https://a。b", .form), ("https://①②⑦.0.0.1", .form),
    ("https://a.b?x=1", .form), ("https://a.b#@c.d", .form), ("https://a.b/?url=http://c", .form),
    ("https://a.b/{x}", .form), ("https://a.b/<", .form), ("https://\u{202E}a.b", .form),
    ("https://user@a.b", .userInfo), ("https://user:pass@a.b", .userInfo),
    ("https://api.rd.services@169.254.169.254", .userInfo), ("https://@a.b", .userInfo),
    ("https://a.b:443@c.d", .userInfo), ("https://[::1]@a.b", .userInfo),
    ("https://", .host), ("https:///", .host), ("https://.", .host), ("https://a..b", .host),
    ("https://a.b.", .host), ("https://.a.b", .host), ("https://-a.b", .host),
    ("https://a-.b", .host), ("https://a%2Eb", .host), ("https://127.0.0.1%00.a.b", .host),
    ("https://[::1", .host), ("https://[]", .host), ("https://[a.b]", .host),
    ("https://[fe80::1%25eth0]", .host), ("https://[127.0.0.1]", .host),
    ("https://[::1.2.3]", .host), ("https://a,b", .host), ("https://a$b", .host),
    ("https://2130706433", .disguised), ("https://017700000001", .disguised),
    ("https://0x7f000001", .disguised), ("https://0x7f.0.0.1", .disguised),
    ("https://127.1", .disguised), ("https://127.0.1", .disguised), ("https://0", .disguised),
    ("https://0177.0.0.1", .disguised), ("https://127.0.0.01", .disguised),
    ("https://127.0.0.0x1", .disguised), ("https://256.0.0.1", .disguised),
    ("https://1.2.3.4.5", .disguised), ("https://a.1", .disguised),
    ("https://2852039166", .disguised),
    ("https://0xA9FEA9FE", .disguised), ("https://0251.0376.0251.0376", .disguised),
    ("https://169.254.43518", .disguised), ("https://10.0.0.010", .disguised),
    ("https://a.b:", .port), ("https://a.b:0", .port), ("https://a.b:65536", .port),
    ("https://a.b:99999999999999999999", .port), ("https://a.b:80a", .port),
    ("https://a.b:-1", .port), ("https://a.b:+443", .port), ("https://a.b:0443", .port),
    ("https://a.b:443:80", .port), ("https://[::1]443", .port), ("https://::1", .port),
    ("https://169.254.169.254", .reach), ("http://169.254.169.254/latest/meta-data", .reach),
    ("http://[::ffff:169.254.169.254]", .reach), ("http://[::ffff:a9fe:a9fe]", .reach),
    ("http://[64:ff9b::a9fe:a9fe]", .reach), ("http://[fe80::1]", .reach),
    ("http://[fd00:ec2::254]", .reach), ("http://100.100.100.200", .reach),
    ("http://168.63.129.16", .reach), ("http://0.0.0.0", .reach), ("http://[::]", .reach),
    ("https://255.255.255.255", .reach), ("https://224.0.0.1", .reach),
    ("https://[ff02::1]", .reach),
    ("https://240.0.0.1", .reach), ("https://192.0.2.1", .reach), ("https://198.51.100.7", .reach),
    ("https://203.0.113.7", .reach), ("https://198.18.0.1", .reach), ("https://192.0.0.8", .reach),
    ("https://[2001:db8::1]", .reach), ("https://[2002:7f00:1::]", .reach),
    ("https://[2001::1]", .reach), ("https://[::127.0.0.1]", .reach), ("https://[100::1]", .reach),
    ("https://[fec0::1]", .reach), ("http://8.8.8.8", .unencrypted),
    ("http://[2606:4700::1111]", .unencrypted), ("http://[::ffff:8.8.8.8]", .unencrypted),
    ("http://[64:ff9b::808:808]", .unencrypted), ("http://172.32.0.1", .unencrypted),
    ("http://192.169.0.1", .unencrypted), ("http://100.128.0.1", .unencrypted),
    ("http://11.0.0.1", .unencrypted),
  ]

  @Test func `an address that could be read in two ways, or leads where it should not, is refused`()
  {
    #expect(Self.refused.count >= 100)
    for (text, why) in Self.refused {
      let refusal = #expect(throws: OutgoingAddressRefusal.self, "\(text.debugDescription)") {
        try OutgoingAddress(text)
      }
      #expect(refusal == why, "\(text.debugDescription)")
      #expect(refusal.map { !"\($0)".contains("a.b") } == true, "a refusal quotes nothing")
    }
  }

  /// Where a name may lead, by the scheme with which it was written.
  @Test(
    arguments: [
      ("8.8.8.8", IPAddress.Reach.world), ("2606:4700::1111", .world), ("64:ff9b::808:808", .world),
      ("::ffff:8.8.4.4", .world), ("172.15.255.255", .world), ("172.32.0.0", .world),
      ("100.63.255.255", .world), ("126.255.255.255", .world), ("128.0.0.1", .world),
      ("127.0.0.1", .machine), ("127.255.255.254", .machine), ("::1", .machine),
      ("::ffff:127.0.0.1", .machine), ("64:ff9b::7f00:1", .machine), ("10.0.0.0", .site),
      ("10.255.255.255", .site), ("172.16.0.1", .site), ("172.31.255.255", .site),
      ("192.168.1.1", .site), ("100.64.0.1", .site), ("fc00::1", .site), ("fdff::1", .site),
      ("::ffff:10.0.0.1", .site), ("64:ff9b::a00:1", .site), ("169.254.0.1", .link),
      ("169.254.169.254", .link), ("fe80::1", .link), ("febf::1", .link), ("fd00:ec2::254", .link),
      ("100.100.100.200", .link), ("168.63.129.16", .link), ("0.0.0.0", .nobody),
      ("0.1.2.3", .nobody), ("::", .nobody), ("224.0.0.1", .nobody), ("255.255.255.255", .nobody),
      ("ff02::1", .nobody), ("192.88.99.1", .nobody), ("198.19.255.255", .nobody),
      ("2001:db8::1", .nobody), ("2002::1", .nobody), ("3fff::1", .nobody), ("::7f00:1", .nobody),
      ("64:ff9b:1::1", .nobody), ("4000::1", .nobody),
    ]
  )
  func `a name leads to the world with https, and to own networks without`(
    peer: String,
    reach: IPAddress.Reach
  ) throws {
    let address = try #require(IPAddress(peer))
    #expect(address.reach == reach)
    #expect(try OutgoingAddress("https://api.rd.services").permits(address) == (reach == .world))
    #expect(
      try OutgoingAddress("http://sandbox:8090/rd").permits(address)
        == [.site, .machine].contains(reach)
    )
    let other = try OutgoingAddress("https://1.1.1.1")
    #expect(!other.permits(address), "a number means itself")
  }

  @Test(arguments: [
    "", "1", "1.2.3", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\0", "0x1.2.3.4", "1.2.3.256",
    "::1%lo", "[::1]", ":::", "1::2::3", "g::", "localhost",
  ])
  func `what is no IP address in its plain form is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func `an address is the same in either family`() throws {
    #expect(IPAddress("::ffff:10.0.0.1") == IPAddress("10.0.0.1"))
    let mapped = try #require(IPAddress("::ffff:127.0.0.1"))
    #expect(try OutgoingAddress("http://127.0.0.1").permits(mapped))
    let other = try #require(IPAddress("10.0.0.2"))
    #expect(try OutgoingAddress("http://10.0.0.1").permits(other) == false)
  }
}

/// Nobody opens another way out.
struct OutgoingClientTests {
  /// Files that make or share an HTTP client, and what keeps it where it should be.
  private static let known: [String: String] = [
    "Resources.swift": "calls RD Station, and is guarded",
    "OutsideCRMs.swift": "calls the CRMs outside, each at its address, and is guarded",
    "Doctor.swift": "calls RD Station for the doctor, and is guarded",
    "Reconciliations.swift": "reads RD Station's book, and is guarded",
    "BrokerDefinitions.swift": "calls the fleet's own broker at the operator's address",
    "WebProbe.swift":
      "asks the address that the operator typed for a sign of life, without secrets",
    "HookLoad.swift": "sends made-up leads to the fleet's own ingress",
    "MetricPage.swift": "reads the fleet's own metrics",
    "SandboxAccess.swift": "calls the sandbox for the demo",
    "SandboxBook.swift": "reads the book of the sandbox, where the fleet's own RD Station is one",
    "SandboxServer.swift": "is the sandbox, which no customer runs",
    "ChaosFleet.swift": "is the chaos harness, which no customer runs",
    "Sandbox.swift": "is the chaos harness, which no customer runs",
    "DemoRun.swift": "calls the sandbox for the demo",
    "Logins.swift": "tries a login at RD Station, and is guarded",
    "ControlProgram.swift": "is the chaos harness, which no customer runs",
  ]

  @Test func `every HTTP client of the programs is known, and those of RD Station are guarded`()
    throws
  {
    let files = try SourceText.files(below: "Sources")
    #expect(files.count > 200)
    let clients = files.filter { $0.text.contains(/HTTPClient(\(|\.shared)|http:\s*\.shared/) }
    #expect(Set(clients.map(\.name)) == Set(Self.known.keys))
    for file in clients where Self.known[file.name]?.hasSuffix("guarded") == true {
      #expect(file.text.contains(/Configuration\(\s*calling:/), "\(file.name)")
    }
  }
}

/// The same against real connections.
@Suite(.timeLimit(.minutes(1)))
struct GuardedConnectionTests {
  /// A server that counts the requests that reach it.
  final class Victim: Sendable {
    let requests = Mutex<[String]>([])
  }

  /// Runs a service on loopback, and a client that thinks the name leads to the world.
  private func withVictim(
    answer: @escaping @Sendable (Int) -> Response = { _ in Response(status: .ok) },
    _ body: @Sendable @escaping (Int, Victim) async throws -> Void
  ) async throws {
    let victim = Victim()
    let router = Router()
    let port = Mutex(0)
    for method: HTTPRequest.Method in [.get, .post] {
      router.on("**", method: method) { request, _ in
        victim.requests.withLock { $0.append("\(request.uri.path)") }
        return answer(port.withLock { $0 })
      }
    }
    try await withServer { announce in
      Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: {
          let own = $0.localAddress?.port ?? 0
          port.withLock { $0 = own }
          await announce(own)
        },
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    } body: { port in
      try await body(port, victim)
    }
  }

  private func call(
    _ baseURL: String,
    lines: Lines = Lines(),
    resolving names: [String: String] = [:]
  ) async throws -> CallError? {
    var configuration = HTTPClient.Configuration(calling: baseURL, logger: lines.logger)
    // Stands for a name server that changed its mind.
    configuration.dnsOverride = names
    let http = HTTPClient(configuration: configuration)
    let error: CallError?
    do throws(CallError) {
      _ = try await RDTokenGrants(http: http, baseURL: baseURL, timeout: .seconds(1)).refresh(
        clientID: "client",
        clientSecret: "canary-secret",
        refreshToken: "canary-refresh"
      )
      error = nil
    } catch let failure {
      error = failure
    }
    try await http.shutdown()
    return error
  }

  @Test(arguments: ["localhost", "sandbox.example"])
  func `plain http reaches the operator's own network by name`(name: String) async throws {
    try await withVictim { port, victim in
      _ = try await call("http://\(name):\(port)", resolving: [name: "127.0.0.1"])
      #expect(victim.requests.withLock { $0 } == ["/auth/token"])
    }
  }

  @Test func `an IP address that the operator wrote is called`() async throws {
    try await withVictim { port, victim in
      _ = try await call("http://127.0.0.1:\(port)/rd")
      #expect(victim.requests.withLock { $0 } == ["/rd/auth/token"])
    }
  }

  /// The name was harmless when it was looked at, and leads elsewhere when it is called.
  @Test func `a connection to another place than the address says carries no request`() async throws
  {
    try await withVictim { port, victim in
      let lines = Lines()
      let error = try await call(
        "http://10.0.0.7:\(port)",
        lines: lines,
        resolving: ["10.0.0.7": "127.0.0.1"]
      )
      #expect(error?.cause == .notSent)
      #expect(victim.requests.withLock { $0 } == [])
      #expect(lines.text.contains("outgoing connection refused"))
      #expect(lines.text.contains("peer=127.0.0.1"))
    }
  }

  @Test func `an address that is refused is never called`() async throws {
    try await withVictim { port, victim in
      let error = try await call("http://user:canary@127.0.0.1:\(port)")
      #expect(error?.cause == .notSent)
      #expect(victim.requests.withLock { $0 } == [])
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `no redirect is followed, so no secret is handed on`(status: Int) async throws {
    try await withVictim { elsewhere, victim in
      try await withVictim(answer: { _ in
        Response(
          status: .init(code: status),
          headers: [.location: "http://127.0.0.1:\(elsewhere)/stolen"]
        )
      }) { port, first in
        let error = try await call("http://127.0.0.1:\(port)")
        #expect(error != nil)
        #expect(first.requests.withLock { $0 } == ["/auth/token"])
        #expect(victim.requests.withLock { $0 } == [])
      }
    }
  }
}
