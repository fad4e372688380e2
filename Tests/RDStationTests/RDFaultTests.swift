import OutsideCalls
import Belt
import AsyncHTTPClient
import Logging
@testable import RDStation
@testable import Sandbox
import StrictJSON
import Synchronization
import Testing

/// What is known of a call when RD or the line fails.
@Suite(.timeLimit(.minutes(1)))
struct RDFaultTests {
  let ana = "ana.prado@exemplo.com.br"

  private func conversion(_ marker: String) -> RDEvent {
    .conversion(email: ana, identifier: "venda-gerada", marker: marker, fields: [:])
  }

  @Test(arguments: ["drop_after_commit", "cut_body"])
  func `a lost answer is of unknown outcome, and the marker tells that it was done`(kind: String)
    async throws
  {
    try await withSandbox { sandbox async throws in
      try sandbox.set(
        faults: #"[{"route":"POST /platform/events*","kind":"\#(kind)","times":1}]"#
      )
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.cause == .lost)
      #expect(error?.meaning == .unknown(after: nil))
      let history = try await sandbox.client.conversions(of: .email(ana), for: "acme")
      #expect(history.events.map(\.marker) == ["effect-7"])
      #expect(try sandbox.effects() == ["conversion:done"])
    }
  }

  @Test func `a cut before anything was done is of unknown outcome too, and nothing is found`()
    async throws
  {
    try await withSandbox { sandbox async throws in
      try sandbox.set(
        faults: #"[{"route":"POST /platform/events","kind":"drop_before","times":1}]"#
      )
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.meaning == .unknown(after: nil))
      #expect(try await sandbox.client.conversions(of: .email(ana), for: "acme").events.isEmpty)
    }
  }

  @Test func `a time-out is of unknown outcome`() async throws {
    try await withSandbox(timeout: .milliseconds(300)) { sandbox async throws in
      _ = try await sandbox.tokens.pass(for: "acme")
      try sandbox.set(
        faults: #"[{"route":"POST /platform/events","kind":"latency","milliseconds":3000}]"#
      )
      let start = ContinuousClock.now
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.meaning == .unknown(after: nil))
      #expect(ContinuousClock.now - start < .seconds(2))
    }
  }

  @Test(arguments: ["drop_before", "cut_body"])
  func `a read without a whole answer may simply be made again`(kind: String) async throws {
    try await withSandbox { sandbox async throws in
      try sandbox.set(faults: #"[{"route":"GET /platform/*","kind":"\#(kind)","times":1}]"#)
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.contact(.email(ana), for: "acme")
      }
      #expect(error?.cause == .lost)
      #expect(error?.meaning == .retry)
      #expect(try await sandbox.client.contact(.email(ana), for: "acme") == nil)
    }
  }

  /// Permits that come late.
  private actor LatePermits: CallPermits {
    private(set) var endings: [CallPermit.Ending] = []

    func permit(_ api: Quota, of integration: String) async throws(NoPermit) -> CallPermit {
      do {
        try await Task.sleep(for: .milliseconds(60))
      } catch {
        throw NoPermit(.heldBack(.seconds(5)))
      }
      return CallPermit(api, of: integration)
    }

    func ended(_: CallPermit, _ ending: CallPermit.Ending) { endings.append(ending) }
  }

  @Test func `a permit that comes too late is given back, and nothing was sent`() async throws {
    try await withSandbox { sandbox async throws in
      let permits = LatePermits()
      let client = RDStationClient(
        http: sandbox.http,
        baseURL: "\(sandbox.root)/rd",
        logins: sandbox.tokens,
        permits: permits,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      )
      _ = try await sandbox.tokens.pass(for: "acme")
      let error = await #expect(throws: CallError.self) {
        try await client.send([conversion("late")], for: "acme", before: .now + .milliseconds(30))
      }
      #expect(error?.cause == .late)
      #expect(try sandbox.effects().isEmpty)
      try await client.send([conversion("early")], for: "acme", before: .now + .seconds(30))
      #expect(try sandbox.effects() == ["conversion:done"])
      #expect(await permits.endings == [.unused, .answered])
    }
  }

  @Test func `without a connection nothing was sent`() async throws {
    try await withSandbox { sandbox async throws in
      // Port 1 of the loopback interface has no listener.
      let client = RDStationClient(
        http: sandbox.http,
        baseURL: "http://127.0.0.1:1",
        logins: sandbox.tokens,
        timeout: .seconds(1),
        logger: .init(label: "test")
      )
      let error = await #expect(throws: CallError.self) {
        try await client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.cause == .notSent)
      #expect(error?.meaning == .retry)
    }
  }

  @Test(arguments: [500, 503, 502, 504, 408])
  func `events that met a failing RD may have been taken, a read may not`(status: Int) async throws
  {
    try await withSandbox { sandbox async throws in
      try sandbox.set(
        faults: #"[{"route":"* /platform/*","kind":"status","status":\#(status)}]"#
      )
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.meaning == .unknown(after: nil))
      #expect(error?.status == status)
      let read = await #expect(throws: CallError.self) {
        try await sandbox.client.contact(.email(ana), for: "acme")
      }
      #expect(read?.meaning == .retry)
    }
  }

  @Test(arguments: [(1, 7, true), (2, 7, false), (3, 60, false)])
  func `each of the three 429 answers tells how long to wait`(
    form: Int,
    seconds: Int,
    isOneContact: Bool
  ) async throws {
    try await withSandbox { sandbox async throws in
      try sandbox.set(faults: #"[{"route":"POST /platform/events","kind":"rate_limit_\#(form)"}]"#)
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([conversion("effect-7")], for: "acme")
      }
      #expect(error?.meaning == .wait(.seconds(seconds)))
      #expect(error?.limitsOneRecord == isOneContact)
      #expect(try sandbox.effects().isEmpty)
    }
  }

  @Test func `Retry-After goes before everything else`() async throws {
    try await withCannedAnswer(
      status: 429,
      headers: ["Retry-After": "11", "Retry-After-Quotas": "12"],
      body: Array(#"{"message":"API rate limit exceeded"}"#.utf8)
    ) { client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.send([conversion("m")], for: "acme")
      }
      #expect(error?.meaning == .wait(.seconds(11)))
    }
  }

  @Test(arguments: [429, 503, 500, 502])
  func `a wait is asked for in seconds or by a date, whatever the status`(status: Int) async throws
  {
    let waits: [(header: String, seconds: Int64?)] = [
      // The dates are so far away that the day is the bound, whatever the time of this test.
      ("11", 11), ("Tue, 29 Nov 2072 17:10:00 GMT", 86_400),
      ("Tuesday, 29-Nov-72 17:10:00 GMT", 86_400), ("Tue Nov 29 17:10:00 2072", 86_400),
      ("999999", 86_400), ("-3", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:49:37 GMT", nil),
    ]
    for wait in waits {
      try await withCannedAnswer(
        status: status,
        headers: ["Retry-After": wait.header],
        body: []
      ) { client async throws in
        let error = await #expect(throws: CallError.self) {
          try await client.send([conversion("m")], for: "acme")
        }
        let asked = wait.seconds.map { Duration.seconds($0) }
        // Without a word that can be understood a 429 means a minute, and a failure means ours to say.
        let meaning: CallMeaning =
          status == 429 ? .wait(asked ?? .seconds(60)) : .unknown(after: asked)
        #expect(error?.meaning == meaning, "\(wait.header)")
      }
    }
  }

  @Test(arguments: RDErrorBodyTests.recorded)
  func `every recorded error body, over HTTP, is a refusal with its type`(
    recorded: RDErrorBodyTests.Recorded
  ) async throws {
    try await withCannedAnswer(status: 400, body: Array(recorded.body.utf8)) {
      client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.send([conversion("m")], for: "acme")
      }
      #expect(
        error?.cause == .refused(type: recorded.type ?? "HTTP_400", path: recorded.path)
      )
    }
  }

  @Test func `a redirect is refused and not followed`() async throws {
    try await withCannedAnswer(
      status: 302,
      headers: ["Location": "http://127.0.0.1:1/elsewhere"],
      body: []
    ) { client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.contact(.email(ana), for: "acme")
      }
      #expect(error?.cause == .refused(type: "HTTP_302", path: nil))
    }
  }

  @Test func `an answer over 1 MiB is not read to its end`() async throws {
    let large = [UInt8](repeating: UInt8(ascii: " "), count: (1 << 20) + 1)
    try await withCannedAnswer(status: 200, body: large) { client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.contact(.email(ana), for: "acme")
      }
      #expect(error?.meaning == .retry)
      #expect(error?.underlying is AnswerTooLarge)
    }
  }

  @Test func `a read answered by something that is not RD is made again later`() async throws {
    try await withCannedAnswer(status: 200, body: Array("<html>".utf8)) { client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.funnel(of: .email(ana), for: "acme")
      }
      #expect(error?.cause == .unreadable)
    }
  }

  @Test(arguments: [#"{"events":[]}"#, #"{"message":"ok"}"#, "null", #""[]""#])
  func `a history that is no list shows nothing, which is not an empty one`(body: String)
    async throws
  {
    try await withCannedAnswer(status: 200, body: Array(body.utf8)) { client async throws in
      let error = await #expect(throws: CallError.self) {
        try await client.conversions(of: .uuid("any"), for: "acme")
      }
      #expect(error?.cause == .unreadable)
    }
  }

  @Test(arguments: [(9, true), (10, false)])
  func `a history is whole by what RD listed, not by what could be read of it`(
    count: Int,
    isWhole: Bool
  ) async throws {
    let event: JSON = ["event_identifier": "venda-gerada"]
    let noEvent: JSON = ["event_type": "CONVERSION"]
    let list = JSON.array([noEvent] + Array(repeating: event, count: count - 1))
    try await withCannedAnswer(status: 200, body: list.encoded) { client async throws in
      let history = try await client.conversions(of: .uuid("any"), for: "acme", limit: 10)
      #expect(history.events.count == count - 1)
      #expect(history.isWhole == isWhole)
    }
  }

  @Test func `a quota of one contact is refused with the seconds left`() async throws {
    try await withSandbox { sandbox async throws in
      sandbox.server.rd.settings.withLock { $0.contactQuotas = true }
      for index in 0..<25 {
        try await sandbox.client.updateContact(
          .email(ana),
          fields: ["name": .string("Ana \(index)")],
          for: "acme"
        )
      }
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.updateContact(.email(ana), fields: ["name": "x"], for: "acme")
      }
      guard case .limited(let wait, true) = error?.cause else {
        Issue.record("refused as \(String(describing: error))")
        return
      }
      #expect(wait > .seconds(86_000) && wait <= .seconds(86_400))
    }
  }
}
