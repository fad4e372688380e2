import Foundation
import Hummingbird
import Logging
import NIOHTTP1
import SandboxLeads
import StrictJSON
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct SandboxServerTests {
  @Test func `an unknown path is answered by a problem that names it`() async throws {
    try await withSandbox { sandbox async throws in
      let answer = try await sandbox.call(.POST, "/platform/events")
      #expect(answer.status == 404)
      #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
      #expect(try answer.json["detail"] == "POST /platform/events")
    }
  }

  @Test func `it says that it lives and is ready`() async throws {
    try await withSandbox { sandbox async throws in
      #expect(try await sandbox.call(.GET, "/livez").status == 200)
      #expect(try await sandbox.call(.GET, "/readyz").status == 200)
    }
  }

  @Test func `the ledger numbers every effect and is read from any place`() async throws {
    try await withSandbox { sandbox async throws in
      let token = try await sandbox.token()
      for index in 0..<2500 {
        sandbox.server.rd.record(
          "conversion",
          account: sandbox.server.rd.account("acme"),
          identifier: "\(index)"
        )
      }
      _ = token
      let all = try await sandbox.ledger()
      #expect(all.map { $0["seq"]?.int } == Array(1...2501))
      let rest = try await sandbox.ledger(after: 2499)
      #expect(rest.map { $0["seq"]?.int } == [2500, 2501])
      #expect(try await sandbox.ledger(after: 9999).isEmpty)
      #expect(
        all.first?.members?.map(\.key) == [
          "seq", "at", "system", "account", "effect", "contact", "identifier", "marker", "value",
          "status",
        ]
      )
    }
  }

  @Test func `the ledger is appended to a file`() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for _ in 0..<2 {
      let ledger = try Ledger(file: path, logger: Logger(label: "test"))
      ledger.append(
        Ledger.Entry(system: "rd", account: "acme", effect: "conversion", status: "done")
      )
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(throws: LedgerFileError.self) {
      _ = try Ledger(file: "\(path)/none", logger: Logger(label: "test"))
    }
  }

  @Test func `its settings come from the environment`() throws {
    let set = try SandboxConfiguration(
      environment: Environment(values: [
        "ESTEIRA_SANDBOX_LISTEN": "0.0.0.0:9000", "ESTEIRA_SANDBOX_LEDGER": "ledger.jsonl",
      ])
    )
    #expect(set.host == "0.0.0.0")
    #expect(set.port == 9000)
    #expect(set.ledgerFile == "ledger.jsonl")
    #expect(throws: SandboxConfigurationError.self) {
      _ = try SandboxConfiguration(
        environment: Environment(values: ["ESTEIRA_SANDBOX_LISTEN": "9000"])
      )
    }
  }
}
