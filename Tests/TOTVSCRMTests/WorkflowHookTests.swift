import Leads
import StrictJSON
import Testing

@testable import TOTVSCRM

struct WorkflowHookTests {
  private func hook(_ address: String, row: String = "8cea3c86-1984-4c77-acf5-3f622c1efe5b")
    -> [UInt8]
  {
    let body: JSON = [
      "eventId": "00000000-0000-0000-0000-000000000001",
      "source": ["object": ["contextUrl": .string(address)], "row": ["id": .string(row)]],
    ]
    return body.encoded
  }

  @Test(
    arguments: [
      ("/api/v11/opportunity/opportunities", .opportunity),
      ("/api/v9/opportunity/opportunities", .opportunity),
      ("/api/v11/customer/leads", .contact), ("/api/v11/customer/customers", nil),
      ("/api/v11/activity/activities", nil),
    ] as [(String, RecordKind?)]
  )
  func `the object's address says which kind of record changed`(address: String, kind: RecordKind?)
    throws
  {
    #expect(try WorkflowHook(hook(address)).change?.kind == kind)
  }

  @Test(arguments: [
    "https://elsewhere.example/api/v11/opportunity/opportunities",
    "//elsewhere.example/v11/opportunity/opportunities", "/api/v11/opportunity/../opportunities",
    "/api/v11/opportunity/opportunities?x=1", "api/v11/opportunity/opportunities", "/api/v11/..//x",
    "",
  ])
  func `an address that is more than a path of the API is refused`(address: String) {
    let error = #expect(throws: CRMError.self) { try WorkflowHook(hook(address)) }
    #expect(error?.code == .refused)
  }

  @Test(arguments: ["", "a b", "a}{x->eq->1", "é"])
  func `a row's id that no filter can carry is refused`(row: String) {
    #expect(throws: CRMError.self) {
      try WorkflowHook(hook("/api/v11/opportunity/opportunities", row: row))
    }
  }

  @Test func `unknown and missing members that only people read are passed over`() throws {
    let body = """
      {"eventId":"e","timestamp":null,"neu":[1],"source":{"object":{"contextUrl":
      "/api/v11/opportunity/opportunities","description":"Oportunidade"},"row":{"id":"7","x":{}}}}
      """
    #expect(
      try WorkflowHook(Array(body.utf8)).change == CRMChange(.opportunity, CRMRecord(id: "7"))
    )
  }
}
