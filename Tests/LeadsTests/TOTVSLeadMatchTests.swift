import Leads
import StrictJSON
import TestKit
import Testing

struct TOTVSLeadMatchTests {
  private let uuid = "5408c5a3-4711-4f2e-8d0b-13407a3e30f3"

  private func known(_ id: String, rd: String? = nil) -> TOTVSKnownLead {
    TOTVSKnownLead(record: CRMRecord(id: id), rdStationID: rd)
  }

  @Test func `a lead that neither id nor e-mail address finds is created`() {
    #expect(TOTVSLeadMatch(.maria(), byRDStationID: nil, byEmail: []) == .create)
  }

  @Test(.behaviour("B052", "B054"))
  func `a lead that the CRM has is not made again`() {
    let byID = known("1", rd: uuid)
    for byEmail in [[], [byID], [known("0"), byID]] {
      #expect(
        TOTVSLeadMatch(.maria(), byRDStationID: byID, byEmail: byEmail)
          == .reuse(CRMRecord(id: "1"), update: nil, warning: nil)
      )
    }
    #expect(
      TOTVSLeadMatch(.maria(), byRDStationID: nil, byEmail: [known("2", rd: uuid)])
        == .reuse(CRMRecord(id: "2"), update: nil, warning: nil)
    )
  }

  @Test(.behaviour("B053", "B054"))
  func `a lead that is found by e-mail address gets the id of RD and nothing else`() {
    let found = TOTVSLeadMatch(.maria(), byRDStationID: nil, byEmail: [known("2"), known("3")])
    #expect(
      found
        == .reuse(
          CRMRecord(id: "2"),
          update: ["customFields": ["rdStationId": .string(uuid)]],
          warning: nil
        )
    )
    let nameless = LeadProfile.maria { $0.rdUUID = nil }
    #expect(
      TOTVSLeadMatch(nameless, byRDStationID: nil, byEmail: [known("2")])
        == .reuse(CRMRecord(id: "2"), update: nil, warning: nil)
    )
  }

  @Test func `where both keys name different leads the id decides and the conflict is told`() {
    guard
      case .reuse(let record, nil, let warning?) = TOTVSLeadMatch(
        .maria(),
        byRDStationID: known("1", rd: uuid),
        byEmail: [known("2")]
      )
    else {
      Issue.record("no conflict was told")
      return
    }
    #expect(record == CRMRecord(id: "1"))
    #expect(warning.contains("the id decided"))
  }

  @Test func `an id that the CRM keeps is never replaced`() {
    guard
      case .reuse(let record, nil, let warning?) = TOTVSLeadMatch(
        .maria(),
        byRDStationID: nil,
        byEmail: [known("2", rd: "another")]
      )
    else {
      Issue.record("the other id was replaced or not told")
      return
    }
    #expect(record == CRMRecord(id: "2"))
    #expect(warning.contains("another id"))
  }
}
