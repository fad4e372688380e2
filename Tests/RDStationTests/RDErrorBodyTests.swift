import OutsideCalls
import Leads
import Belt
import StrictJSON
import Testing

@testable import RDStation

struct RDErrorBodyTests {
  struct Recorded: CustomTestStringConvertible, Sendable {
    let name: String
    let body: String
    let type: String?
    var path: String?

    var testDescription: String { name }
  }

  static let recorded = [
    Recorded(
      name: "one object",
      body: #"{"errors":{"error_type":"CONFLICTING_FIELD","error_message":"The payload…"}}"#,
      type: "CONFLICTING_FIELD"
    ),
    Recorded(
      name: "arrays by field",
      body: #"{"errors":{"name":[{"error_type":"MUST_BE_STRING","error_message":"Name must…"}]}}"#,
      type: "MUST_BE_STRING",
      path: "name"
    ),
    Recorded(
      name: "an array",
      body:
        #"{"errors":[{"error_type":"CANNOT_BE_NULL","error_message":"…","path":"body.client_secret"}]}"#,
      type: "CANNOT_BE_NULL",
      path: "body.client_secret"
    ),
    Recorded(
      name: "a bare array",
      body:
        #"[{"error_type":"INVALID_OPTION","error_message":"…","validation_rules":{"valid_options":["X"]},"path":"$.event_type"}]"#,
      type: "INVALID_OPTION",
      path: "$.event_type"
    ),
    Recorded(
      name: "by field and language",
      body:
        #"{"errors":{"label":{"pt-BR":[{"error_type":"CANNOT_BE_BLANK","error_message":"cannot be blank"}]}}}"#,
      type: "CANNOT_BE_BLANK",
      path: "label.pt-BR"
    ),
    Recorded(
      name: "fields and languages mixed",
      body:
        #"{"errors":{"name":[{"error_type":"TAKEN","error_message":"…"}],"label":{"pt-BR":[{"error_type":"TOO_LONG","error_message":"…"}]}}}"#,
      type: "TAKEN",
      path: "name"
    ),
    Recorded(
      name: "the gateway's sentence",
      body: #"{"message":"API rate limit exceeded"}"#,
      type: nil
    ),
    Recorded(
      name: "the gateway's token error",
      body:
        #"{"error":"invalid_token","error_description":"The access token is invalid or has expired"}"#,
      type: "invalid_token"
    ),
    Recorded(
      name: "no wrapper",
      body: #"{"error_type":"ACCESS_DENIED","error_message":"Wrong credentials provided."}"#,
      type: "ACCESS_DENIED"
    ),
    Recorded(name: "a proxy's page", body: "<html><body>502 Bad Gateway</body></html>", type: nil),
    Recorded(name: "nothing", body: "", type: nil),
    Recorded(
      name: "a path that may be an address",
      body: #"{"errors":[{"error_type":"INVALID","path":"ana@exemplo.com.br"}]}"#,
      type: "INVALID"
    ),
    Recorded(
      name: "a type that is free text",
      body: #"{"errors":{"error_type":"Ana Prado already exists"}}"#,
      type: "UNNAMED"
    ),
  ]

  @Test(arguments: recorded)
  func `every shape of an error body gives up its type and its place`(recorded: Recorded) {
    let body = RDErrorBody(parsing: Array(recorded.body.utf8))
    #expect(body.items.first?.type == recorded.type)
    #expect(body.items.first?.path == recorded.path)
  }

  @Test func `a mixture yields all its errors`() {
    let body = RDErrorBody(
      parsing: Array(Self.recorded[5].body.utf8)
    )
    #expect(body.items.map(\.type) == ["TAKEN", "TOO_LONG"])
  }

  static let contactLimit =
    #"{"error":"'lead_limiter' rate limit exceeded for 86400 second(s) period for key 'ana.prado@exemplo.com.br'","max":24,"usage":25,"remaining_time":43067}"#

  @Test func `the limit of one contact is told from that of the account`() {
    #expect(RDErrorBody(parsing: Array(Self.contactLimit.utf8)).limitsOneContact)
    let account = RDErrorBody(parsing: Array(#"{"message":"API rate limit exceeded"}"#.utf8))
    #expect(!account.limitsOneContact)
  }

  @Test func `the remaining time is read as seconds`() {
    #expect(RDErrorBody(parsing: Array(Self.contactLimit.utf8)).wait == .seconds(43_067))
  }

  @Test(
    arguments: [
      (#"{"remaining_time":86400000}"#, 86_400), (#"{"remaining_time":0}"#, 1), ("{}", nil),
      (#"{"remaining_time":1e999}"#, 86_400), (#"{"remaining_time":-5}"#, nil),
    ] as [(String, Int?)]
  )
  func `the wait is at least one second and at most a day`(body: String, seconds: Int?) {
    let wait = RDErrorBody(parsing: Array(body.utf8)).wait
    #expect(wait == seconds.map { .seconds($0) })
  }

  private static func error(
    _ cause: CallError.Cause,
    status: Int? = nil,
    underlying: (any Error)? = nil
  ) -> CallError {
    CallError(cause, of: .repeatable, at: .rdStation, status: status, underlying: underlying)
  }

  @Test func `a description never holds an address`() {
    let errors = [
      Self.error(.refused(type: "INVALID", path: nil), status: 400),
      Self.error(.limited(.seconds(7), ofOneRecord: true), status: 429),
      Self.error(.notSent, underlying: CancellationError()),
    ]
    #expect(
      errors.map(\.description) == [
        "RD Station: refused as INVALID, status 400",
        "RD Station: rate limit of one record reached, retry after 7 s, status 429",
        "RD Station: no connection; nothing was sent",
      ]
    )
  }
}
