import NIOHTTP1
@testable import Sandbox
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDEventTests {
  @Test(arguments: ["OPPORTUNITY", "SALE", "OPPORTUNITY_LOST"])
  func `a qualification event for an unknown contact is accepted and has no effect`(type: String)
    async throws
  {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let answer = try await rd.call(
        .POST,
        "/rd/platform/events",
        SandboxClient.qualification(type, "ana@exemplo.com.br"),
        token: token
      )
      #expect(answer.status == 200)
      let contact = try await rd.call(
        .GET,
        "/rd/platform/contacts/email:ana@exemplo.com.br",
        token: token
      )
      #expect(contact.status == 404)
      #expect(try await rd.ledger().last?["status"] == "no_effect")
    }
  }

  @Test func `the opportunity mark is set and cleared by events`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      _ = try await rd.conversion("ana@exemplo.com.br", token: token)
      let funnel = "/rd/platform/contacts/email:ana@exemplo.com.br/funnels/default"
      for (type, mark) in [("OPPORTUNITY", true), ("OPPORTUNITY_LOST", false)] {
        _ = try await rd.call(
          .POST,
          "/rd/platform/events",
          SandboxClient.qualification(type, "ana@exemplo.com.br"),
          token: token
        )
        let read = try await rd.call(.GET, funnel, token: token)
        #expect(try read.json["opportunity"] == .bool(mark))
      }
    }
  }

  @Test func `unknown attributes of a conversion are dropped without a word`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let payload: JSON = [
        "conversion_identifier": "c", "email": "ana@exemplo.com.br", "name": "Ana", "apelido": "x",
        "cf_nao_existe": "y", "company_name": "Prado", "tags": ["b"],
      ]
      let answer = try await rd.call(
        .POST,
        "/rd/platform/events?event_type=conversion",
        SandboxClient.event("CONVERSION", payload),
        token: token
      )
      #expect(answer.status == 200)
      let contact = try await rd.call(
        .GET,
        "/rd/platform/contacts/email:ana@exemplo.com.br",
        token: token
      )
      #expect(try contact.json["name"] == "Ana")
      #expect(try contact.json["apelido"] == nil)
      #expect(try contact.json["cf_nao_existe"] == nil)
      #expect(try contact.json["tags"] == ["b"])
    }
  }

  struct Refused: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let event: JSON
    let type: String
  }

  static let refused = [
    Refused(
      testDescription: "an unknown type",
      event: SandboxClient.event("ORDER", [:]),
      type: "INVALID_OPTION"
    ),
    Refused(
      testDescription: "no e-mail",
      event: SandboxClient.event("CONVERSION", ["conversion_identifier": "c"]),
      type: "CANNOT_BE_NULL"
    ),
    Refused(
      testDescription: "tags as text",
      event: SandboxClient.event(
        "CONVERSION",
        ["conversion_identifier": "c", "email": "a@exemplo.com.br", "tags": "x"]
      ),
      type: "INVALID_DATA_TYPE"
    ),
    Refused(
      testDescription: "another funnel",
      event: SandboxClient.event("SALE", ["email": "a@exemplo.com.br", "funnel_name": "x"]),
      type: "INVALID_OPTION"
    ),
    Refused(
      testDescription: "a value as text",
      event: SandboxClient.event(
        "SALE",
        ["email": "a@exemplo.com.br", "funnel_name": "default", "value": "10"]
      ),
      type: "INVALID_DATA_TYPE"
    ),
    Refused(
      testDescription: "a value above the limit",
      event: SandboxClient.event(
        "SALE",
        ["email": "a@exemplo.com.br", "funnel_name": "default", "value": .number("99999999.01")]
      ),
      type: "MUST_BE_LESS_THAN_OR_EQUAL"
    ),
  ]

  @Test(arguments: refused)
  func `a refused event refuses the batch it is in`(refused: Refused) async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      _ = try await rd.conversion("a@exemplo.com.br", token: token)
      let before = try await rd.ledger().count
      let alone = try await rd.call(.POST, "/rd/platform/events", refused.event, token: token)
      #expect(alone.status == 400)
      #expect(try alone.errorType == refused.type)
      let good = SandboxClient.qualification("OPPORTUNITY", "a@exemplo.com.br")
      let batch = try await rd.call(
        .POST,
        "/rd/platform/events/batch",
        [good, refused.event],
        token: token
      )
      #expect(batch.status == 400)
      #expect(try await rd.ledger().count == before)
    }
  }

  @Test func `a batch names each of its events`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      _ = try await rd.conversion("a@exemplo.com.br", token: token)
      let batch = try await rd.call(
        .POST,
        "/rd/platform/events/batch",
        [
          SandboxClient.qualification("OPPORTUNITY", "a@exemplo.com.br"),
          SandboxClient.qualification("SALE", "a@exemplo.com.br"),
        ],
        token: token
      )
      let uuids = try batch.json["events"]?.array?.compactMap { $0["event_uuid"]?.string } ?? []
      #expect(Set(uuids).count == 2)
      #expect(try batch.json["event_batch_uuid"]?.string?.isEmpty == false)
    }
  }

  @Test func `a body over two tenths of a megabyte is refused`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let event = SandboxClient.event(
        "CONVERSION",
        ["bio": .string(String(repeating: "x", count: 200_000))]
      )
      #expect(
        try await rd.call(.POST, "/rd/platform/events", event, token: token).status == 413
      )
    }
  }

  @Test func `the history has ten a page, in either order`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      for index in 0..<12 {
        rd.clock.advance(seconds: 1)
        _ = try await rd.conversion("ana@exemplo.com.br", "c-\(index)", token: token)
      }
      let path = "/rd/platform/contacts/email:ana@exemplo.com.br/events?event_type=CONVERSION"
      func identifiers(_ query: String) async throws -> [String] {
        try await rd.call(.GET, path + query, token: token).json.array?
          .compactMap { $0["event_identifier"]?.string } ?? []
      }
      #expect(try await identifiers("") == (0..<10).map { "c-\($0)" })
      #expect(try await identifiers("&page=2") == ["c-10", "c-11"])
      #expect(try await identifiers("&page=2&order=created_at:desc") == ["c-1", "c-0"])
      let untyped = try await rd.call(
        .GET,
        "/rd/platform/contacts/email:ana@exemplo.com.br/events",
        token: token
      )
      #expect(untyped.status == 400)
    }
  }
}
