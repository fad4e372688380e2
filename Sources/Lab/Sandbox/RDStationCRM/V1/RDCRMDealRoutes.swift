internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

extension RDCRMSimulator {
  /// Deals of v1 (reference 2); nothing deletes one.
  func addDealRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("deals") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(try call.deals(request))
    }
    group.get("deals/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let deal = try call.deal(context)
      return Response.json(call.read { $0.whole(deal) })
    }
    group.post("deals") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try RDCRMDealBody(try await request.json(), call)
      let deal = try call.write { try body.created(in: &$0) }
      self.record("deal.create", call.account, identifier: deal.id, marker: deal.name)
      self.tell(.created, of: deal, in: call.account)
      return Response.json(call.read { $0.whole(deal, withPipeline: false) })
    }
    group.put("deals/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try RDCRMDealBody(try await request.json(), call)
      let old = try call.deal(context)
      let deal = try call.write { try body.change(old, in: &$0) }
      if deal != old {
        self.record("deal.update", call.account, identifier: deal.id, marker: deal.name)
        self.tell(.updated, of: deal, in: call.account)
        if old.win != true, deal.win == true { self.copyWon(deal, in: call.account) }
      }
      return Response.json(call.read { $0.whole(deal) })
    }
    group.get("deals/:id/contacts") { request, context in
      let call = try RDCRMCall(request, context, self)
      let deal = try call.deal(context)
      let people = call.read { books in
        deal.contactIDs.compactMap { books.contacts[$0] }.map { books.listed($0, withDeals: false) }
      }
      return Response.json(call.page(people, request, as: "contacts"))
    }
  }

  /// Where the pipeline says so, a won deal is copied into another one.
  func copyWon(_ deal: RDCRMDeal, in account: RDCRMAccount) {
    let at = now()
    let copy = account.books.withLock { books -> RDCRMDeal? in
      guard let place = books.stage(deal.stageID),
        let target = books.pipelines.first(where: { $0.id == place.pipeline.copiesTo })
      else { return nil }
      var copy = deal
      copy.id = books.newID()
      copy.stageID = target.stages[0].id
      copy.win = nil
      copy.closedAt = nil
      copy.parentID = deal.id
      copy.createdAt = books.tick(at)
      copy.updatedAt = copy.createdAt
      books.deals[copy.id] = copy
      return copy
    }
    guard let copy else { return }
    record("deal.copy", account, identifier: copy.id, marker: copy.name)
    tell(.created, of: copy, in: account)
  }
}

extension RDCRMCall {
  /// The deal that the path names: one out of sight is as one that is not there.
  func deal(_ context: SandboxContext) throws -> RDCRMDeal {
    let id = context.parameters.get("id") ?? ""
    let found = read { books in
      books.deals[id].flatMap { books.sees(user, $0.userID) ? $0 : nil }
    }
    guard let found else { throw RDCRMErrors.notFound }
    return found
  }

  func deals(_ request: Request) throws -> JSON {
    let filter = try RDCRMDealFilter(request)
    let direction = request.query("direction") ?? "desc"
    // The cursor is opaque to its reader; here it ends with the page that follows.
    let number =
      request.query("next_page").flatMap { $0.split(separator: "p").last }.flatMap { Int($0) }
      ?? request.query("page").flatMap { Int($0) } ?? 1
    let page = read { books in
      let shown = books.deals.values
        .filter { $0.createdAt <= shownUntil && books.sees(user, $0.userID) }
        .filter { filter.admits($0, in: books) }
        .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
      let ordered = direction == "asc" ? shown : shown.reversed()
      return self.page(ordered.map { books.listed($0) }, request, as: "deals", at: number)
    }
    guard case .object(var members) = page else { return page }
    members["next_page"] = .string("i-\(now.milliseconds),s-p\(number + 1)")
    return .object(members)
  }
}

/// The filters of `GET /deals`; those of other styles are passed over.
struct RDCRMDealFilter {
  let request: Request
  private let period: (name: String, start: Timestamp, end: Timestamp)?

  init(_ request: Request) throws {
    self.request = request
    let names = ["closed_at_period", "created_at_period", "prediction_date_period"]
    let name = names.first { request.query($0) == "true" }
    guard let name else {
      period = nil
      return
    }
    guard let start = request.query("start_date").flatMap(Timestamp.init(naive:)),
      let end = request.query("end_date").flatMap(Timestamp.init(naive:))
    else { throw RDCRMPage() }
    period = (name, start, end)
  }

  func admits(_ deal: RDCRMDeal, in books: RDCRMBooks) -> Bool {
    if let name = request.query("name") {
      let isFound =
        request.query("exact_name") == "true"
        ? deal.name == name : deal.name.lowercased().contains(name.lowercased())
      guard isFound else { return false }
    }
    switch request.query("win") {
    case "true"? where deal.win != true, "false"? where deal.win != false,
      "null"? where deal.win != nil:
      return false
    default: break
    }
    if let closed = request.query("closed_at"), (closed == "true") != deal.isClosed { return false }
    if request.query("hold") == "true", !deal.isOnHold { return false }
    let ids: [(String, String?)] = [
      ("user_id", deal.userID), ("campaign_id", deal.campaignID),
      ("deal_stage_id", deal.stageID), ("deal_lost_reason_id", deal.lostReasonID),
      ("organization", deal.organizationID),
      ("deal_pipeline_id", books.stage(deal.stageID)?.pipeline.id),
    ]
    guard ids.allSatisfy({ name, id in request.query(name).map { $0 == id } ?? true }) else {
      return false
    }
    guard let period else { return true }
    switch period.name {
    case "closed_at_period":
      return deal.closedAt.map { period.start <= $0 && $0 <= period.end } ?? false
    case "created_at_period": return period.start <= deal.createdAt && deal.createdAt <= period.end
    default: return deal.predictionDate != nil
    }
  }
}

extension Timestamp {
  /// `2026-03-09T17:02:10` or `2026-03-09`, in UTC: the period's times have no offset.
  init?(naive text: String) {
    let parts = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int64($0) }
    guard parts.count == 3 || parts.count == 6, let days = Self.days(parts) else { return nil }
    let time = parts.count == 6 ? (parts[3] * 60 + parts[4]) * 60 + parts[5] : 0
    self.init(milliseconds: (days * 86_400 + time) * 1000)
  }

  /// Since 1970 (Howard Hinnant's `days_from_civil`).
  private static func days(_ parts: [Int64]) -> Int64? {
    guard (1...12).contains(parts[1]), (1...31).contains(parts[2]) else { return nil }
    let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
