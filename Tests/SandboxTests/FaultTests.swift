import AsyncHTTPClient
import NIOHTTP1
import StrictJSON
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
  @Test(arguments: [
    ("POST /platform/events*", "POST", "/rd/platform/events/batch", true),
    ("POST /rd/platform/events", "POST", "/rd/platform/events", true),
    ("POST /platform/events", "POST", "/rd/platform/events/batch", false),
    ("GET /platform/events*", "POST", "/rd/platform/events", false),
    ("* /platform/contacts/*/tag", "POST", "/rd/platform/contacts/email:a/tag", true),
    ("* *", "GET", "/rd", true), ("platform", "GET", "/rd/platform", false),
  ])
  func `a route is matched with and without its prefix`(
    route: String,
    method: String,
    path: String,
    isMatch: Bool
  ) throws {
    let fault = try #require(Fault(["route": .string(route), "kind": "latency"]))
    #expect(fault.matches(method: method, path: path) == isMatch)
  }

  @Test func `the same seed strikes the same requests`() throws {
    func strikes(seed: UInt64) throws -> [Bool] {
      let plan = FaultPlan()
      let fault = try #require(
        Fault(["route": "* *", "kind": "status", "percent": 30, "times": 20])
      )
      plan.replace(with: [fault], seed: seed)
      return (0..<200).map { _ in !plan.strike(method: "GET", path: "/rd/x").isEmpty }
    }
    let one = try strikes(seed: 1)
    #expect(try one == strikes(seed: 1))
    #expect(try one != strikes(seed: 2))
    #expect(one.filter(\.self).count == 20)
  }

  @Test func `a fault lets the first requests of its route go`() throws {
    let plan = FaultPlan()
    let fault = try #require(
      Fault(["route": "GET /x", "kind": "status", "after": 2, "times": 1])
    )
    plan.replace(with: [fault], seed: 1)
    _ = plan.strike(method: "GET", path: "/rd/y")
    let strikes = (0..<4).map { _ in !plan.strike(method: "GET", path: "/rd/x").isEmpty }
    #expect(strikes == [false, false, true, false])
  }

  @Test func `faults are put, shown with their strikes, and deleted`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let put = try await rd.call(
        .PUT,
        "/faults?seed=3",
        [["route": "POST /platform/events", "kind": "status", "status": 503, "times": 2]]
      )
      #expect(put.status == 200)
      for expected in [503, 503, 200] {
        let answer = try await rd.conversion("ana@exemplo.com.br", token: token)
        #expect(answer.status == expected)
      }
      let shown = try await rd.call(.GET, "/faults")
      #expect(try shown.json.array?.first?["fired"] == 2)
      #expect(try await rd.call(.DELETE, "/faults").status == 204)
      #expect(try await rd.call(.GET, "/faults").json == [])
    }
  }

  @Test(arguments: [
    #"{"route":"* *","kind":"latency"}"#, #"[{"route":"* *","kind":"explode"}]"#,
    #"[{"kind":"latency"}]"#, #"[{"route":"* *","kind":"latency","percent":101}]"#,
  ])
  func `a fault that makes no sense is refused and the old ones stay`(body: String) async throws {
    try await withSandbox { rd async throws in
      _ = try await rd.call(.PUT, "/faults", [["route": "GET /x", "kind": "latency"]])
      let answer = try await rd.call(.PUT, "/faults", try JSON(parsing: Array(body.utf8)))
      #expect(answer.status == 400)
      #expect(try await rd.call(.GET, "/faults").json.array?.count == 1)
    }
  }

  @Test func `a drop after the commit leaves the effect in the ledger`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      _ = try await rd.call(
        .PUT,
        "/faults",
        [["route": "POST /platform/events", "kind": "drop_after_commit", "times": 1]]
      )
      await #expect(throws: HTTPClientError.self) {
        try await rd.conversion("ana@exemplo.com.br", token: token)
      }
      #expect(try await rd.ledger().map { $0["effect"] } == ["token", "conversion"])
    }
  }

  @Test(arguments: [504, nil] as [Int?])
  func `a late commit is not seen by its caller and happens all the same`(status: Int?)
    async throws
  {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let fault: JSON = [
        "route": "POST /platform/events", "kind": "late_commit", "times": 1, "milliseconds": 1,
        "status": status.map(JSON.number) ?? .null,
      ]
      #expect(try await rd.call(.PUT, "/faults", [fault]).status == 200)
      if let status {
        let answer = try await rd.conversion("ana@exemplo.com.br", token: token)
        #expect(answer.status == status)
      } else {
        await #expect(throws: HTTPClientError.self) {
          try await rd.conversion("ana@exemplo.com.br", token: token)
        }
      }
      let line = try await rd.eventually {
        try await rd.ledger().first { $0["effect"] == "conversion" }
      }
      #expect(line["status"] == "done")
    }
  }

  @Test func `a reader who lags behind sees neither the conversion nor the mark`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let email = "ana@exemplo.com.br"
      let contact = "/rd/platform/contacts/email:\(email)"
      func seen() async throws -> (conversions: Int?, mark: JSON?) {
        let history = try await rd.call(
          .GET,
          "\(contact)/events?event_type=CONVERSION",
          token: token
        )
        let funnel = try await rd.call(.GET, "\(contact)/funnels/default", token: token)
        return (try history.json.array?.count, try funnel.json["opportunity"])
      }
      let faults: JSON = .array(
        ["GET /platform/contacts/*/events*", "GET /platform/contacts/*/funnels/*"].map {
          ["route": .string($0), "kind": "search_lag", "milliseconds": 30_000]
        }
      )
      #expect(try await rd.call(.PUT, "/faults", faults).status == 200)
      _ = try await rd.conversion(email, token: token)
      _ = try await rd.call(
        .POST,
        "/rd/platform/events",
        SandboxClient.qualification("OPPORTUNITY", email),
        token: token
      )
      var view = try await seen()
      #expect(view.conversions == 0)
      #expect(view.mark == false)
      rd.clock.advance(seconds: 30)
      view = try await seen()
      #expect(view.conversions == 1)
      #expect(view.mark == true)
    }
  }
}
