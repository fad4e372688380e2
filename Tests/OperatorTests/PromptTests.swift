import Foundation
import Leads
import StrictJSON
import TestKit
import Testing

@testable import Operator

/// What a newcomer meets at the prompt, of the built program.
@Suite struct PromptTests {
  private static let example = {
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.appending(path: "deploy/examples/acme.yaml").path()
  }()

  private static let login = [
    "RD_CLIENT_ID": "a", "RD_CLIENT_SECRET": "b", "RD_REFRESH_TOKEN": "c",
  ]

  @Test(arguments: [
    "esteira apply --check -f <(cat FILE)", "cat FILE | esteira apply --check -f /dev/stdin",
    "esteira apply --check -f - <FILE", "esteira apply --check -f FILE",
  ])
  func `a document is read from wherever it comes`(_ line: String) async throws {
    let answer = try await Prompt(environment: Self.login)
      .type(line.replacing("FILE", with: Self.example))
    #expect(answer.output.hasSuffix("is right: integration acme\n"))
    #expect((answer.status, answer.complaint) == (0, ""))
  }

  @Test(arguments: [
    ("/nowhere/acme.yaml", "the file /nowhere/acme.yaml cannot be read: there is none"),
    ("/tmp", "the file /tmp cannot be read: it is a folder"),
  ])
  func `a file that cannot be read says why`(_ name: String, _ sentence: String) async throws {
    let answer = try await Prompt().type("esteira apply --check -f \(name)")
    #expect((answer.status, answer.complaint) == (2, "esteira: \(sentence)\n"))
  }

  @Test func `a check says which variables of the login are not set`() async throws {
    var prompt = Prompt(environment: Self.login)
    prompt.environment["RD_CLIENT_SECRET"] = nil
    let line = "esteira apply --check -f \(Self.example)"
    let answer = try await prompt.type(line)
    #expect(answer.status == 0)
    #expect(
      answer.complaint.contains(
        "rd_station.client_secret: the variable RD_CLIENT_SECRET is not set"
      )
    )
    #expect(!answer.complaint.contains("client_id"))
    let json = try JSON(parsing: Array(try await prompt.type("\(line) --json").output.utf8))
    #expect(json["missing_secrets"]?.array?.count == 1)
  }

  @Test(arguments: ["esteira --version", "esteira version", "esteira version --json"])
  func `the program says its version`(_ line: String) async throws {
    let answer = try await Prompt().type(line)
    #expect(answer.output.contains(VersionCommand.version))
    #expect((answer.status, answer.complaint) == (0, ""))
  }

  @Test func `a mistyped command is wrong usage, with the nearest one`() async throws {
    let answer = try await Prompt().type("esteira explian ana@exemplo.com.br")
    #expect(answer.status == 2)
    #expect(answer.complaint.contains("did you mean “explain”?"))
  }

  @Test func `an answer that cannot be written is no success`() async throws {
    let answer = try await Prompt().type("esteira settings schema >/dev/full")
    #expect(answer.status == 1)
    #expect(answer.complaint.hasPrefix("esteira: the output cannot be written: "))
    let cut = try await Prompt().type("esteira settings schema | head -1")
    #expect(cut.complaint == "")
  }

  /// Nothing listens at port 1.
  private static let nobody = [
    "ESTEIRA_POSTGRES_URL": "postgresql://x:x@127.0.0.1:1/x",
    "ESTEIRA_AMQP_URL": "amqp://x:x@127.0.0.1:1/",
    "ESTEIRA_RABBITMQ_MANAGEMENT_URL": "http://x:x@127.0.0.1:1",
    "ESTEIRA_SECRET_KEY": Data((0..<32).map { UInt8($0) }).base64EncodedString(),
  ]

  @Test(arguments: [
    ("esteira doctor", 1), ("esteira topology verify", 75), ("esteira ledger", 75),
    ("esteira doctor --http http://127.0.0.1:1/readyz", 1),
  ])
  func `servers that are away are told soon, and in words`(_ line: String, _ status: Int32)
    async throws
  {
    let answer = try await Prompt(environment: Self.nobody).type(line)
    let text = answer.output + answer.complaint
    #expect(answer.status == status)
    #expect(text.lowercased().contains("connection refused"), "\(text)")
    for raw in ["IOError", "errno", "\\u{", "?.", "set)", "NIO"] {
      #expect(!text.contains(raw), "\(text)")
    }
    // It was 30 s, 10 s and 35 s; a machine at work may take its time.
    #expect(answer.duration < .seconds(8), "\(line): \(answer.duration)")
  }

  @Test func `a login that the database refuses is not tried again`() async throws {
    let url = try await PrivatePostgres.freshDatabase()
    let wrong = String(url.prefix { $0 != "?" }) + "_none"
    let answer = try await Prompt(environment: ["ESTEIRA_POSTGRES_URL": wrong]).type(
      "esteira held ls"
    )
    #expect(answer.complaint.contains("does not exist. Correct ESTEIRA_POSTGRES_URL"))
    #expect(answer.status == 1)
  }

  @Test func `a body without leads is rehearsed as such`() {
    #expect(RehearsalText.text(of: []) == "The body holds no lead: nothing would happen.")
  }
}
