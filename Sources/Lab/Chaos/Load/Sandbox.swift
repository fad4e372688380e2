import AsyncHTTPClient
import Foundation
import BeltStorage
import LabBooks
import NIOCore
import NIOHTTP1
import StrictJSON
import Operations

/// The simulators' own API.
struct Sandbox: Sendable {
  let url: String

  @discardableResult
  func call(_ method: String, _ path: String, body: JSON? = nil, token: String? = nil)
    async throws -> [UInt8]
  {
    var request = HTTPClientRequest(url: url + path)
    request.method = .RAW(value: method)
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(body.encoded)
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 28))
    guard (200..<300).contains(response.status.code) else {
      throw ChaosFleet.Failure(description: "the sandbox answered \(response.status.code): \(path)")
    }
    return bytes
  }

  /// Everything that was ever done to the outside.
  func ledger(_ take: (JSON) -> Void) async throws {
    try await lines("/ledger?after=0", take)
  }

  /// A book, one object a line, as it comes in.
  func lines(_ path: String, _ take: (JSON) -> Void) async throws {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: url + path),
      timeout: .seconds(300)
    )
    var rest: [UInt8] = []
    for try await chunk in response.body {
      rest += chunk.readableBytesView
      let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for line in lines.dropLast() { take(try JSON(parsing: Array(line))) }
      rest = lines.last.map(Array.init) ?? []
    }
  }

  /// What people did there, by account.
  func acts() async throws -> [String: [PeopleOwed.Act]] {
    var acts: [String: [PeopleOwed.Act]] = [:]
    try await lines("/rd/acts?after=0") { line in
      guard let account = line["account"]?.string, let email = line["email"]?.string,
        let contact = line["uuid"]?.string
      else { return }
      let act = PeopleOwed.Act(
        email: email.lowercased(),
        contact: contact,
        form: line["form"]?.string
      )
      acts[account, default: []].append(act)
    }
    return acts
  }

  /// Webhooks that are due and were not taken yet.
  func dueWebhooks(of accounts: [String]) async throws -> Int {
    var due = 0
    for account in accounts {
      let json = try JSON(
        parsing: try await call("GET", "/rd/deliveries/count?account=\(account)")
      )
      due += json["pending"]?.int ?? 0
    }
    return due
  }
}
