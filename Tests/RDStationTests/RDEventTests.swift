import Belt
import StrictJSON
import Testing

@testable import RDStation

struct RDEventTests {
  @Test func `a conversion carries our marker, and a field cannot overwrite it`() throws {
    let event = RDEvent.conversion(
      email: "ana@exemplo.com.br",
      identifier: "venda-gerada",
      marker: "effect-1",
      fields: ["traffic_value": "other", "cf_pedido": "77", "cf_a": "1"]
    )
    #expect(
      try event.json().text
        == #"{"event_type":"CONVERSION","event_family":"CDP","payload":{"cf_a":"1","cf_pedido":"77","traffic_value":"effect-1","conversion_identifier":"venda-gerada","email":"ana@exemplo.com.br","traffic_source":"esteira","traffic_medium":"crm"}}"#
    )
  }

  @Test func `a conversion carries its tags in lower case, each once, or no member for them`()
    throws
  {
    func payload(_ tags: [String]) throws -> JSON? {
      try RDEvent.conversion(
        email: "ana@exemplo.com.br",
        identifier: "venda-gerada",
        marker: "effect-1",
        fields: [:],
        tags: tags
      ).json()["payload"]
    }
    #expect(try payload(["Feira 2026", "crm", "CRM"])?["tags"] == ["feira 2026", "crm"])
    #expect(try payload([])?["tags"] == nil)
  }

  @Test(arguments: [
    ("1234.50", "1234.50"), ("0001.5", "1.5"), ("0", "0"), ("0.10", "0.10"),
    ("99999999.00", "99999999.00"), ("099999999", "99999999"), ("99999998.99", "99999998.99"),
  ])
  func `a sale's value is sent digit for digit`(value: String, number: String) throws {
    let json = try RDEvent.sale(email: "a@exemplo.com.br", value: value).json()
    #expect(json["payload"]?["value"] == .number(number))
  }

  @Test(arguments: ["99999999.01", "100000000", "99999999999999999999"])
  func `a sale above the limit is refused before any call`(value: String) {
    #expect {
      try RDEvent.sale(email: "a@exemplo.com.br", value: value).json()
    } throws: {
      ($0 as? CallError)?.reason.code == "rd_sale_value_over_limit"
    }
  }

  @Test(arguments: ["", "-1", "1,50", "1e3", ".5", "5.", "1.2.3", "NaN", "１"])
  func `a value that is no plain decimal is refused`(value: String) {
    #expect {
      try RDEvent.sale(email: "a@exemplo.com.br", value: value).json()
    } throws: {
      ($0 as? CallError)?.reason.code == "rd_sale_value_invalid"
    }
  }

  @Test func `a sale without a value has none`() throws {
    let json = try RDEvent.sale(email: "a@exemplo.com.br", value: nil).json()
    #expect(json["payload"]?["value"] == nil)
  }
}
