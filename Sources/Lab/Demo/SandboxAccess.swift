import AsyncHTTPClient
import FoundationEssentials
import BeltStorage
import LabBooks
import NIOCore
import NIOHTTP1
import StrictJSON
import Operations

/// How far the sandbox's people are with converting.
struct SandboxRun: Sendable, Hashable {
  var isDone = false
  /// Conversions and marks that there are to be.
  var planned = 0
  /// Those there have been.
  var done = 0
}

/// The webhooks of one account at the sandbox.
struct SandboxTraffic: Sendable, Hashable {
  /// Neither taken nor given up.
  var pending = 0
  /// Answered 2xx, repeats included.
  var delivered = 0
  /// Given up.
  var failed = 0
}

/// The sandbox's own HTTP API.
struct SandboxAccess: Sendable {
  /// Such as `http://127.0.0.1:8090`.
  let baseURL: String

  init(baseURL: String) { self.baseURL = baseURL }

  /// Starts a run of made-up people who convert on forms; some are then marked by hand, and some of
  /// the webhooks are delivered twice.
  ///
  /// - Returns: The run's name.
  func convert(account: String, leads: Int, seed: Int) async throws -> String {
    _ = try await call("PUT", "/rd/settings", body: ["webhook_repeat_percent": 10])
    let answer = try await call(
      "POST",
      "/rd/simulate",
      body: [
        "account": .string(account), "convert": true, "leads": .number(leads),
        "seed": .number(seed), "repeat_percent": 20, "mark_percent": 25,
      ]
    )
    guard let run = try JSON(parsing: answer)["run"]?.string else {
      throw Refusal(
        .failed,
        "sandbox_failed",
        "the sandbox at \(baseURL) answers in another way than this program knows"
      )
    }
    return run
  }

  func progress(of run: String) async throws -> SandboxRun {
    let json = try JSON(parsing: try await call("GET", "/rd/simulate/\(run)"))
    return SandboxRun(
      isDone: json["state"]?.string == "done",
      planned: json["planned"]?.int ?? 0,
      done: (json["conversions"]?.int ?? 0) + (json["marks"]?.int ?? 0)
    )
  }

  /// What became of the account's webhooks since the sandbox was started.
  func traffic(account: String) async throws -> SandboxTraffic {
    let path = "/rd/deliveries/count?account=\(account)"
    let json = try JSON(parsing: try await call("GET", path))
    return SandboxTraffic(
      pending: json["pending"]?.int ?? 0,
      delivered: json["delivered"]?.int ?? 0,
      failed: json["failed"]?.int ?? 0
    )
  }

  /// The generator's book of one run: what its people did.
  func acts(of run: String) async throws -> [PeopleOwed.Act] {
    try await lines("/rd/acts?after=0").compactMap { line in
      guard line["run"]?.string == run, let email = line["email"]?.string,
        let contact = line["uuid"]?.string
      else { return nil }
      return PeopleOwed.Act(
        email: email.lowercased(),
        contact: contact,
        form: line["form"]?.string,
        jobTitle: line["job_title"]?.string,
        fitLetter: line["fit_letter"]?.string?.uppercased(),
        tags: line["tags"]?.array?.compactMap(\.string) ?? []
      )
    }
  }

  /// Lets these strike from now on, and no others.
  func put(faults: JSON, seed: Int) async throws {
    try await call("PUT", "/faults?seed=\(seed)", body: faults)
  }

  /// Those in force, each with how often it has struck.
  func faults() async throws -> JSON { try JSON(parsing: try await call("GET", "/faults")) }

  /// The number of the ledger's last line; 0 when there is none.
  func lastLedgerLine() async throws -> Int {
    try await lines("/ledger?after=0").last.flatMap { $0["seq"]?.int } ?? 0
  }

  /// What was done to RD Station's account since a line.
  func rdEntries(after sequence: Int, account: String) async throws -> [DemoBooks.RDEntry] {
    Self.rdEntries(in: try await lines("/ledger?after=\(sequence)"), account: account)
  }

  private static func rdEntries(in lines: [JSON], account: String) -> [DemoBooks.RDEntry] {
    lines.compactMap { line in
      guard line["system"]?.string == "rd", line["account"]?.string == account,
        let effect = line["effect"]?.string
      else { return nil }
      return DemoBooks.RDEntry(
        effect: effect,
        contact: line["contact"]?.string,
        identifier: line["identifier"]?.string,
        marker: line["marker"]?.string
      )
    }
  }

  private func lines(_ path: String) async throws -> [JSON] {
    try await call("GET", path)
      .split(separator: UInt8(ascii: "\n"))
      .map { try JSON(parsing: Array($0)) }
  }

  /// - Throws: ``Refusal`` when it does not answer, or not with 2xx.
  @discardableResult
  func call(_ method: String, _ path: String, body: JSON? = nil, token: String? = nil)
    async throws -> [UInt8]
  {
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = HTTPMethod(rawValue: method)
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(body.encoded)
    }
    let status: UInt
    let answer: [UInt8]
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
      status = response.status.code
      answer = Array(buffer: try await response.body.collect(upTo: 1 << 30))
    } catch {
      throw Refusal(
        .unavailable,
        "sandbox_away",
        "the sandbox at \(baseURL) does not answer. Start it: deploy/up, or docker compose "
          + "--profile sandbox up"
      )
    }
    guard (200..<300).contains(status) else {
      throw Refusal(
        .failed,
        "sandbox_failed",
        "the sandbox at \(baseURL) answered \(method) \(path) with status \(status)"
      )
    }
    return answer
  }
}
