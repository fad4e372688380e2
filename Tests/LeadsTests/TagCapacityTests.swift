import Leads
import TestKit
import Testing

struct TagCapacityTests {
  private let tags = ["feira", "vip", "quente"]

  @Test(
    .behaviour("B142", "B143"),
    arguments: [RecordKind.contact, .company]
  )
  func `a contact or client of DataCRM holds the last tag of RD's list`(record: RecordKind) {
    let capacity = TagCapacity(of: record, in: .datacrm)
    #expect(capacity.fitting(tags) == ["quente"])
    #expect(capacity.fitting(["feira", " vip ", " "]) == ["vip"])
    #expect(capacity.fitting(["feira"]) == ["feira"])
    #expect(capacity.fitting([]).isEmpty)
  }

  @Test(.behaviour("B144")) func `a deal of DataCRM holds several tags`() {
    #expect(TagCapacity(of: .opportunity, in: .datacrm).fitting(tags) == tags)
  }

  @Test(arguments: CRMKind.allCases.filter { $0 != .datacrm }, RecordKind.allCases)
  func `records of the other CRMs hold several tags`(crm: CRMKind, record: RecordKind) {
    #expect(TagCapacity(of: record, in: crm).fitting(tags) == tags)
  }
}
