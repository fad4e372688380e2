import Belt
import BeltStorage
import Bootstrap
import OutsideCalls
import Postgres
import RabbitMQ
import SettingsDocument
import StrictJSON
import Testing
import Leads
import WorkQueues

@testable import Operations

@Suite struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let error: any Error & Sendable
    let kind: Refusal.Kind
    let code: String
    var testDescription: String { "\(code) \(kind.rawValue)" }

    init(_ error: any Error & Sendable, _ kind: Refusal.Kind, _ code: String) {
      self.error = error
      self.kind = kind
      self.code = code
    }
  }

  private struct Odd: Error {}

  @Test(arguments: [
    Case(Refusal(.conflict, "x", "y"), .conflict, "x"),
    Case(LoginRefusal.refused(.rdStation), .failed, "login_refused"),
    Case(LoginRefusal.notAsked("it is away"), .unavailable, "login_not_tried"),
    Case(CredentialFault.missing("acme"), .failed, "login_unusable"),
    Case(PostgresError.connect("timeout expired"), .unavailable, "database_away"),
    Case(PostgresError.connect("password authentication failed"), .failed, "database_refuses"),
    Case(PostgresError.decoding(column: "1", expected: "text"), .failed, "database_failed"),
    Case(TopologyError.badAddress, .invalid, "management_address_invalid"),
    Case(TopologyError.unreachable("x"), .unavailable, "management_away"),
    Case(TopologyError.refused("x"), .failed, "management_refuses"),
    Case(MigrationError.outdated(applied: 1, needed: 2), .failed, "schema_outdated"),
    Case(
      BrokerFailure(.brokerBlocked, exchange: "x", routingKey: "y"),
      .unavailable,
      "broker_blocked"
    ),
    Case(Odd(), .failed, "unexpected_error"),
  ])
  func `an error of the layers below has a kind and a code`(_ one: Case) {
    let refusal = Refusal(one.error)
    #expect(refusal.kind == one.kind)
    #expect(refusal.code == one.code)
    #expect(!refusal.sentence.isEmpty)
  }

  @Test(arguments: [
    ("it is so", "it is so. Do that"), ("it is so.", "it is so. Do that"),
    ("did you mean “acme”?", "did you mean “acme”? Do that"),
  ])
  func `the sentence and what to do are two sentences`(sentence: String, text: String) {
    #expect(Refusal(.failed, "x", sentence, remedy: "Do that").text == text)
    #expect(Refusal(.failed, "x", sentence).text == sentence)
  }

  @Test func `programs are shown its kind and its code beside the words`() {
    let refusal = Refusal(.notFound, "lead_unknown", "there is none", remedy: "Look")
    #expect(
      refusal.json == [
        "code": "lead_unknown", "kind": "not_found", "sentence": "there is none",
        "remedy": "Look",
      ]
    )
  }

  @Test func `a name that nothing bears is refused with the nearest one`() {
    let refusal = Refusal(noIntegration: "acne", among: ["acme", "other"])
    #expect(
      refusal.text
        == "there is no integration acne; did you mean “acme”? To make one: esteira apply -f FILE"
    )
    #expect(refusal.kind == .notFound)
  }
}
