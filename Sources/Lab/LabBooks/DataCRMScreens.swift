import Leads
import StrictJSON

/// The screens of the simulated DataCRM, which has stages and no pipelines.
struct DataCRMScreens: CRMScreens {
  let system = "datacrm"

  private static let kinds: [String: RecordKind] = [
    "Potentials": .opportunity, "Contacts": .contact, "Accounts": .company,
  ]
  private static let modules = ["Potentials", "Contacts", "Accounts"]
  /// As the catalogue calls the one that there is.
  private static let pipeline = "Negocios"
  private static let tagsSign = "Etiquetas: "

  func made(_ line: JSON) -> MadeRecord? {
    guard line["effect"]?.string == "create",
      let kind = line["identifier"]?.string.flatMap({ Self.kinds[$0] }),
      let id = line["contact"]?.string
    else { return nil }
    return MadeRecord(kind, id: id)
  }

  func pages(of account: String) -> [String] {
    Self.modules.map { "/datacrm/screen/records?account=\(account)&module=\($0)" }
  }

  func shown(_ pages: [JSON]) -> ShownRecords {
    let rows = pages.map { $0.array ?? [] }
    guard rows.count == Self.modules.count else { return ShownRecords() }
    let emails = Dictionary(rows[1].map { ($0["id"], Self.text("email", of: $0)?.lowercased()) }) {
      one,
      _ in one
    }
    var shown = ShownRecords()
    for deal in rows[0] {
      guard let id = deal["id"]?.string else { continue }
      shown.opportunities[id] = CRMHoldings.Opportunity(
        id: id,
        email: (emails[deal["contact_id"]] ?? nil) ?? "",
        pipeline: Self.pipeline,
        stage: deal["sales_stage"]?.string ?? "",
        tags: Self.tags(in: deal["description"]?.string ?? "")
      )
    }
    for contact in rows[1] {
      guard let id = contact["id"]?.string else { continue }
      shown.parties[id] = .init(.contact, Self.text("email", of: contact)?.lowercased() ?? id)
    }
    // A client is known by its NIT: without one, two of a name are two.
    for client in rows[2] {
      guard let id = client["id"]?.string else { continue }
      shown.parties[id] = .init(.company, Self.text("siccode", of: client) ?? id)
    }
    return shown
  }

  private static func text(_ field: String, of row: JSON) -> String? {
    row[field]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func tags(in description: String) -> [String] {
    description.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(tagsSign) }
      .flatMap { $0.dropFirst(tagsSign.count).split(separator: ",") }
      .map { String($0.drop { $0 == " " }) }
  }

  func click(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity, of account: String)
    -> ScreenClick
  {
    let (account, id) = (JSON.string(account), JSON.string(opportunity.id))
    let (path, body): (String, JSON) =
      switch act {
      case .win(let value): ("win", ["account": account, "id": id, "amount": .string(value)])
      case .lose(let reason): ("lose", ["account": account, "id": id, "reason": .string(reason)])
      case .reopen:
        ("reopen", ["account": account, "id": id, "stage": .string(opportunity.stage)])
      case .tag(let tag):
        (
          "tag",
          [
            "account": account, "id": id,
            "tags": .array((opportunity.tags + [tag]).map(JSON.string)),
          ]
        )
      }
    return ScreenClick("/datacrm/screen/deals/\(path)", body)
  }
}
