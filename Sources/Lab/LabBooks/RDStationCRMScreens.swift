import Leads
import StrictJSON

/// The screens of the simulated RD Station CRM.
struct RDStationCRMScreens: CRMScreens {
  let system = "rdcrm"

  private static let kinds: [String: RecordKind] = [
    "deal.create": .opportunity, "contact.create": .contact, "organization.create": .company,
  ]

  func made(_ line: JSON) -> MadeRecord? {
    guard let kind = line["effect"]?.string.flatMap({ Self.kinds[$0] }),
      let id = line["identifier"]?.string
    else { return nil }
    return MadeRecord(kind, id: id)
  }

  func pages(of account: String) -> [String] { ["/rdcrm/screen/\(account)/records"] }

  func shown(_ pages: [JSON]) -> ShownRecords {
    var shown = ShownRecords()
    let page = pages.first ?? .null
    for deal in page["deals"]?.array ?? [] {
      guard let id = deal["id"]?.string else { continue }
      shown.opportunities[id] = CRMHoldings.Opportunity(
        id: id,
        email: deal["email"]?.string?.lowercased() ?? "",
        pipeline: deal["pipeline"]?.string ?? "",
        stage: deal["stage"]?.string ?? "",
        tags: deal["tags"]?.array?.compactMap(\.string) ?? []
      )
    }
    for contact in page["contacts"]?.array ?? [] {
      guard let id = contact["id"]?.string else { continue }
      let email = contact["email"]?.string?.lowercased()
      shown.parties[id] = .init(.contact, email ?? contact["name"]?.string ?? id)
    }
    for company in page["organizations"]?.array ?? [] {
      guard let id = company["id"]?.string else { continue }
      shown.parties[id] = .init(.company, company["name"]?.string ?? id)
    }
    return shown
  }

  func click(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity, of account: String)
    -> ScreenClick
  {
    let deal = JSON.string(opportunity.id)
    let body: JSON =
      switch act {
      case .win(let value): ["act": "win", "deal": deal, "value": .string(value)]
      case .lose(let reason): ["act": "lose", "deal": deal, "reason": .string(reason)]
      case .reopen: ["act": "reopen", "deal": deal]
      case .tag(let tag):
        ["act": "tag", "deal": deal, "tags": .array((opportunity.tags + [tag]).map(JSON.string))]
      }
    return ScreenClick("/rdcrm/screen/\(account)", body)
  }
}
