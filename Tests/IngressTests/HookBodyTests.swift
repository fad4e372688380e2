import Leads
import StrictJSON
import TestKit
import Testing

@testable import Ingress

struct HookBodyTests {
  @Test(arguments: [
    #"{"leads":[{"uuid":"1"}]}"#, #"{"leads":"odd"}"#, #"{"event_type":"WEBHOOK.CONVERTED"}"#,
    #"{"event_name":"crm_deal_created","document":{}}"#,
  ])
  func `a body that looks like a lead's goes on, also when it is odd`(_ text: String) {
    #expect(HookBody(Array(text.utf8), kind: .rd) == .forStage)
  }

  @Test(arguments: [
    #"{"name":"Rui Plano","email":"rui@plano.example","phone":"11 97000-1234"}"#,
    #"[{"email":"rui@plano.example"}]"#, #"{"lead":{"Nome":"Rui Plano"}}"#,
    #"{"data":{"contact":{"telefone":"11 97000-1234"}}}"#, #"{"x":"rui@plano.example"}"#,
    #"{"celular":11970001234}"#,
  ])
  func `a person in another form than RD Station's goes on, and is not lost`(_ text: String) {
    #expect(HookBody(Array(text.utf8), kind: .rd) == .forStage)
  }

  @Test(arguments: [
    "", " \r\n\t", "{}", "[]", "null", "\"ping\"", #"{"test":true}"#, #"{"email":null}"#,
  ])
  func `a body without any lead is a probe`(_ text: String) {
    #expect(HookBody(Array(text.utf8), kind: .rd) == .probe)
  }

  @Test(arguments: ["", "{}", "[]", "true"])
  func `an empty body of a CRM is a probe too`(_ text: String) {
    #expect(HookBody(Array(text.utf8), kind: .crm) == .probe)
  }

  @Test(arguments: [#"{"Id":1}"#, #"[{"x":1}]"#])
  func `a CRM may send any shape`(_ text: String) {
    #expect(HookBody(Array(text.utf8), kind: .crm) == .forStage)
  }

  @Test func `what is no JSON is told with reason and place`() {
    guard case .invalid(let fault) = HookBody(Array(#"{"leads":[}"#.utf8), kind: .rd) else {
      Issue.record("it was accepted")
      return
    }
    #expect("\(fault)" == "a character that JSON does not allow here, at byte 10")
  }

  @Test func `nesting is bounded`() {
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    let fine = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(HookBody(Array("{\"leads\":\(fine)}".utf8), kind: .rd) == .forStage)
    guard case .invalid(let fault) = HookBody(Array(deep.utf8), kind: .rd) else {
      Issue.record("it was accepted")
      return
    }
    #expect(fault.reason == .tooDeep)
  }
}
