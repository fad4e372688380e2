import BeltStorage
import Leads
import StrictJSON
import Testing
import Belt

@testable import Operations

@Suite struct DeadLetterEditTests {
  private func message(_ type: String, _ body: String, notes: [String: String] = [:]) -> Message {
    Message(
      id: Identifier(high: 1, low: 2),
      type: type,
      stage: Flow.leadImporter.stage,
      integration: "acme",
      journey: Identifier(high: 1, low: 3),
      body: Array(body.utf8),
      notes: notes
    )
  }

  private let webhook = """
    {"leads":[{"id":"7","email":"ana@exemplo.com.br","name":"Ana","last_conversion":{"created_at":\
    "2026-03-09T14:00:10.000-03:00","cumulative_sum":1,"content":{"identificador":"orcamento"}}}]}
    """

  @Test func `a place is set, and only that differs`() throws {
    let edit = try DeadLetterEdit(
      of: message(WebhookReceived.type, webhook),
      setting: [
        .init(path: "leads.0.email", value: "ana@acme.com.br"),
        .init(path: "leads.0.name", value: ""), .init(path: "leads.0.age", value: "33"),
      ]
    )
    #expect(
      edit.differences == [
        .init(path: "leads.0.email", old: #""ana@exemplo.com.br""#, new: #""ana@acme.com.br""#),
        .init(path: "leads.0.name", old: #""Ana""#, new: nil),
        .init(path: "leads.0.age", old: nil, new: "33"),
      ]
    )
    let json = try JSON(parsing: edit.body)
    #expect(json["leads"]?.array?[0]["email"]?.string == "ana@acme.com.br")
    #expect(json["leads"]?.array?[0]["age"]?.int == 33)
  }

  @Test(arguments: [
    ("leads.1.email", "x"), ("leads.first.email", "x"), ("leads.0.email.host", "x"),
    ("contacts.0.email", "x"), ("leads", "none"), ("leads", ""), ("leads", "[]"),
  ])
  func `a place that is not there, or a body that its stage cannot read, is refused`(
    path: String,
    value: String
  ) {
    #expect(throws: DeadLetterEdit.Fault.self) {
      try DeadLetterEdit(
        of: message(WebhookReceived.type, webhook),
        setting: [.init(path: path, value: value)]
      )
    }
  }

  @Test func `a lead that nothing names is refused, with its place`() throws {
    let fault = try #require(throws: DeadLetterEdit.Fault.self) {
      try DeadLetterEdit(
        of: message(WebhookReceived.type, webhook),
        setting: [.init(path: "leads.0.email", value: ""), .init(path: "leads.0.id", value: "")]
      )
    }
    #expect(fault.description.hasPrefix("lead 0 of the new body cannot be read"))
  }

  @Test func `a body that was no JSON takes a whole new one`() throws {
    let broken = message(WebhookReceived.type, "{")
    #expect(throws: DeadLetterEdit.Fault.self) {
      try DeadLetterEdit(of: broken, setting: [.init(path: "leads", value: "[]")])
    }
    let edit = try DeadLetterEdit(of: broken, replacingWith: Array(webhook.utf8))
    #expect(edit.differences.count == 1)
    #expect(edit.body == Array(webhook.utf8))
  }

  @Test(arguments: [
    (LeadImported.type, #"{"lead":"\#(Identifier(high: 1, low: 4))"}"#),
    (OpportunityChanged.type, #"{"opportunity":"\#(Identifier(high: 1, low: 4))","version":"2"}"#),
    (CRMHookReceived.type, "[]"), ("lead.forgotten.v1", "{}"), (LeadTagged.type, #"{"lead":1}"#),
    (LeadTagged.type, #"{"lead":1,"lead":2}"#),
  ])
  func `a message of ours that lacks something is refused`(type: String, body: String) {
    #expect(throws: DeadLetterEdit.Fault.self) {
      try DeadLetterEdit(of: message(type, "{}"), replacingWith: Array(body.utf8))
    }
  }

  @Test func `a message of ours that is whole is taken`() throws {
    let body = OpportunityChanged(opportunity: Identifier(high: 1, low: 4), version: 2).json
    let edit = try DeadLetterEdit(
      of: message(OpportunityChanged.type, #"{"version":"2"}"#),
      replacingWith: body.encoded
    )
    #expect(edit.differences.map(\.path) == ["version", "opportunity"])
  }

}
