import Leads
import StrictJSON

/// The screens of the simulated TOTVS CRM, whose leads are people and companies in one.
struct TOTVSScreens: CRMScreens {
  let system = "totvs"

  private static let kinds: [String: RecordKind] = [
    "opportunity": .opportunity, "lead": .contact,
  ]
  private static let objects = ["opportunities", "leads", "pipelines", "stages"]
  private static let moments = ["created", "updated", "won", "lost", "discarded"]

  func made(_ line: JSON) -> MadeRecord? {
    guard line["status"]?.string == "created",
      let kind = line["effect"]?.string.flatMap({ Self.kinds[$0] }),
      let id = line["contact"]?.string
    else { return nil }
    return MadeRecord(kind, id: id)
  }

  func pages(of account: String) -> [String] {
    Self.objects.map { "/totvs/screen/\($0)?account=\(account)" }
  }

  func shown(_ pages: [JSON]) -> ShownRecords {
    let rows = pages.map { $0.array ?? [] }
    guard rows.count == Self.objects.count else { return ShownRecords() }
    let emails = Dictionary(rows[1].map { ($0["id"], Self.email(of: $0)) }) { one, _ in one }
    let names = Dictionary((rows[2] + rows[3]).map { ($0["id"], $0["description"]?.string) }) {
      one,
      _ in one
    }
    var shown = ShownRecords()
    for opportunity in rows[0] {
      guard let id = opportunity["id"]?.string else { continue }
      let tags = opportunity["customFields"]?["tagsRD"]?.string?.split(separator: ",") ?? []
      shown.opportunities[id] = CRMHoldings.Opportunity(
        id: id,
        email: (emails[opportunity["leadId"]] ?? nil) ?? "",
        pipeline: (names[opportunity["pipelineId"]] ?? nil) ?? "",
        stage: (names[opportunity["stageId"]] ?? nil) ?? "",
        tags: tags.map { String($0.drop { $0 == " " }) }
      )
    }
    for lead in rows[1] {
      guard let id = lead["id"]?.string else { continue }
      shown.parties[id] = .init(.contact, Self.email(of: lead) ?? lead["name"]?.string ?? id)
    }
    return shown
  }

  private static func email(of lead: JSON) -> String? {
    lead["emails"]?.array?.first?["email"]?.string?.lowercased()
  }

  func click(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity, of account: String)
    -> ScreenClick
  {
    let account = JSON.string(account)
    let body: JSON =
      switch act {
      case .win(let value): ["account": account, "act": "win", "text": .string(value)]
      case .lose(let reason): ["account": account, "act": "lose", "text": .string(reason)]
      case .reopen: ["account": account, "act": "reopen"]
      case .tag(let tag):
        [
          "account": account, "act": "fill", "text": "tagsRD",
          "value": .string((opportunity.tags + [tag]).joined(separator: ", ")),
        ]
      }
    return ScreenClick("/totvs/screen/opportunities/\(opportunity.id)", body)
  }

  /// A workflow for each moment; those that were there before are taken away.
  func clicks(calling hook: String, of account: String) -> [ScreenClick] {
    [ScreenClick("/totvs/screen/workflows?account=\(account)", nil)]
      + Self.moments.map { moment in
        ScreenClick(
          "/totvs/screen/workflows",
          [
            "account": .string(account), "object": "opportunities", "trigger": .string(moment),
            "url": .string(hook),
          ]
        )
      }
  }
}
