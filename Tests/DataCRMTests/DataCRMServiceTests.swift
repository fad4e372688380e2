import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OutsideCalls
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// The simulator against its reference, without our adapter.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMServiceTests {
  private struct Answer {
    let status: UInt
    let json: JSON

    var code: JSON? { json["error"]?["code"] }
    var result: JSON? { json["result"] }
  }

  /// A session's calls by raw HTTP.
  private struct Session: Sendable {
    let http: HTTPClient
    let page: String
    var name = ""

    func get(_ parameters: KeyValuePairs<String, String>) async throws -> Answer {
      try await send(HTTPClientRequest(url: "\(page)?\(Self.text(parameters))&sessionName=\(name)"))
    }

    func post(_ parameters: KeyValuePairs<String, String>) async throws -> Answer {
      var request = HTTPClientRequest(url: page)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(Array("\(Self.text(parameters))&sessionName=\(name)".utf8))
      return try await send(request)
    }

    func send(_ request: HTTPClientRequest) async throws -> Answer {
      let response = try await http.execute(request, timeout: .seconds(10))
      let bytes = Array(try await response.body.collect(upTo: 1 << 22).readableBytesView)
      let isJSON = response.headers.first(name: "Content-Type") == "application/json"
      return Answer(status: response.status.code, json: isJSON ? try JSON(parsing: bytes) : .null)
    }

    func query(_ statement: String) async throws -> Answer {
      try await get(["operation": "query", "query": statement])
    }

    func create(_ module: String, _ element: JSON) async throws -> Answer {
      try await post(["operation": "create", "elementType": module, "element": element.text])
    }

    private static func text(_ parameters: KeyValuePairs<String, String>) -> String {
      parameters.map { "\($0.key)=\(percentEncoded($0.value))" }.joined(separator: "&")
    }
  }

  private func withSession(_ body: @Sendable (Session, RunningDataCRM) async throws -> Void)
    async throws
  {
    try await withDataCRM { running async throws in
      var session = Session(http: running.http, page: "\(running.root)/datacrm/acme/webservice.php")
      let token = try await session.get(["operation": "getChallenge", "username": "rdstation"])
      let text = try #require(token.result?["token"]?.string) + "sandbox-key-rdstation-acme"
      let login = try await session.post([
        "operation": "login", "username": "rdstation",
        "accessKey": DataCRMSessionBook.digest(text),
      ])
      session.name = try #require(login.result?["sessionName"]?.string)
      try await body(session, running)
    }
  }

  private let ana: JSON = ["lastname": "Ana", "assigned_user_id": "19x7"]

  @Test func `a refusal is a success of HTTP, with its code in the body`() async throws {
    try await withSession { session, _ async throws in
      let answer = try await session.create("Contacts", ["assigned_user_id": "19x7"])
      #expect(answer.status == 200 && answer.json["success"] == false)
      #expect(answer.code == "MANDATORY_FIELDS_MISSING")
      #expect(answer.json["error"]?["message"] == "lastname does not have a value")
    }
  }

  @Test func `a body of JSON is not read, and what an operation's method is not is unknown`()
    async throws
  {
    try await withSession { session, _ async throws in
      var request = HTTPClientRequest(url: session.page)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(Array(#"{"operation":"login"}"#.utf8))
      #expect(try await session.send(request).status == 500)
      #expect(try await session.get(["operation": "create"]).status == 500)
      #expect(try await session.get(["operation": "sync"]).status == 500)
    }
  }

  @Test(arguments: [
    ("SELECT * FROM Contacts WHERE email = '';", "QUERY_SYNTAX_ERROR"),
    ("SELECT * FROM Contacts", "QUERY_SYNTAX_ERROR"),
    ("SELECT * FROM Contacts WHERE (email = 'a');", "QUERY_SYNTAX_ERROR"),
    ("SELECT * FROM Contacts WHERE inventado = 'a';", "ACCESS_DENIED"),
    ("SELECT * FROM Contacts ORDER BY inventado;", "DATABASE_QUERY_ERROR"),
    ("SELECT * FROM Contacts WHERE account_id = '20';", "INVALID_ID_ATTRIBUTE"),
    ("SELECT * FROM Inventados;", "UNKOWN_ENTITY"),
  ])
  func `the query language refuses what its core refuses`(statement: String, code: String)
    async throws
  {
    try await withSession { session, _ async throws in
      #expect(try await session.query(statement).code == .string(code))
    }
  }

  @Test func `a query shows a hundred rows at most, whatever it asks for`() async throws {
    try await withSession { session, running async throws in
      running.account.state.withLock { state in
        guard let module = state.modules["Contacts"] else { return }
        for number in 0..<130 {
          _ = state.add(["lastname": "\(number)"], to: module, by: "19x7", at: running.clock.now)
        }
      }
      let all = try await session.query("SELECT id FROM Contacts LIMIT 0, 500;")
      #expect(all.result?.array?.count == 100)
      let rest = try await session.query("SELECT lastname FROM Contacts LIMIT 100, 100;")
      #expect(rest.result?.array?.count == 30 && rest.result?.array?.first?["id"] != nil)
      let count = try await session.query("SELECT count(*) FROM Contacts;")
      #expect(count.result?.array?.first?["count"] == "130")
    }
  }

  @Test func `a deleted record is denied, and one under another prefix is no id`() async throws {
    try await withSession { session, _ async throws in
      let made = try await session.create("Contacts", ana)
      let id = try #require(made.result?["id"]?.string)
      let other = "13x\(id.dropFirst(3))"
      #expect(
        try await session.get(["operation": "retrieve", "id": other]).code == "INVALID_ID_ATTRIBUTE"
      )
      #expect(
        try await session.post(["operation": "delete", "id": id]).result?["status"] == "successful"
      )
      #expect(try await session.get(["operation": "retrieve", "id": id]).code == "ACCESS_DENIED")
    }
  }

  @Test func `fields that the profile may not write are left out without a word`() async throws {
    try await withSession { session, running async throws in
      running.set { $0.readOnly = ["Contacts.title"] }
      var element = ana.members ?? []
      element.append(.init(key: "title", value: "Gerente"))
      let made = try await session.create("Contacts", .object(JSON.Members(element)))
      #expect(made.json["success"] == true && made.result?["title"] == "")
      #expect(made.result?["source"] == "WEBSERVICE" && made.result?["account_id"] == .null)
    }
  }

  @Test(arguments: [false, true])
  func `an update keeps or empties what it leaves out, by the core's age`(empties: Bool)
    async throws
  {
    try await withSession { session, running async throws in
      running.set { $0.updateEmpties = empties }
      var element = ana.members ?? []
      element.append(.init(key: "title", value: "Gerente"))
      let made = try await session.create("Contacts", .object(JSON.Members(element)))
      let id = try #require(made.result?["id"])
      let update: JSON = ["id": id, "lastname": "Ana P.", "assigned_user_id": "19x7"]
      let answer = try await session.post(["operation": "update", "element": update.text])
      #expect(answer.result?["title"] == (empties ? "" : "Gerente"))
    }
  }

  @Test func `a number with a point becomes another where the user writes commas`() async throws {
    try await withSession { session, running async throws in
      running.set { $0.readsCommaNumbers = true }
      let made = try await session.create(
        "Potentials",
        [
          "potentialname": "Ana", "sales_stage": "Inventada", "closingdate": "2026-12-31",
          "assigned_user_id": "20x5", "probability": "1234.5", "amount": "1234.5",
        ]
      )
      #expect(made.result?["probability"] == "12345" && made.result?["amount"] == "1234.500")
      // Lists are not checked.
      #expect(made.result?["sales_stage"] == "Inventada")
    }
  }
}
