import Belt
import Leads
import OutsideCalls
import StrictJSON

extension V2 {
  func people(email: String) async throws(CallError) -> [Person] {
    try await all(V2Routes.people, ["filter": V2Filter("email", is: email).text])
  }

  func people(phone: String) async throws(CallError) -> [Person] {
    try await all(V2Routes.people, ["filter": V2Filter("phone", is: phone).text])
  }

  func person(_ id: String) async throws(CallError) -> Person? {
    try await ask(V2Routes.person.call(percentEncoded(id)))
  }

  func add(_ person: PersonChange) async throws(CallError) -> Person {
    try await ask(V2Routes.addPerson.call(body: person.bodyV2))
  }

  func change(person id: String, _ change: PersonChange) async throws(CallError) {
    _ = try await ask(V2Routes.changePerson.call(percentEncoded(id), body: change.bodyV2))
  }

  func companies(named text: String) async throws(CallError) -> [Company] {
    try await all(V2Routes.companies, ["filter": V2Filter("name", "~", text).text])
  }

  func company(_ id: String) async throws(CallError) -> Company? {
    try await ask(V2Routes.company.call(percentEncoded(id)))
  }

  /// v2 takes no organization without an owner.
  func add(_ company: CompanyChange) async throws(CallError) -> Company {
    var company = company
    if company.userID == nil { company.userID = try await all(V2Routes.users).first?.id }
    return try await ask(V2Routes.addCompany.call(body: company.bodyV2))
  }

  func change(company id: String, _ change: CompanyChange) async throws(CallError) {
    _ = try await ask(V2Routes.changeCompany.call(percentEncoded(id), body: change.bodyV2))
  }

  func deals(named text: String) async throws(CallError) -> [(id: String, name: String)] {
    let filter = ["filter": V2Filter("name", "~", text).text, "sort[created_at]": "asc"]
    return try await all(V2Routes.deals, filter).map { ($0.id, $0.name) }
  }

  func deal(_ id: String) async throws(CallError) -> Deal? {
    guard var deal = try await ask(V2Routes.deal.call(percentEncoded(id))) else { return nil }
    if let reason = deal.lossReasonID {
      deal.lossReason = try await all(V2Routes.lostReasons).first { $0.id == reason }?.name
    }
    // v2 does not tell a deal of its notes, and a note is a change too.
    let noted = try await all(V2Routes.notes, of: id).map(\.at).max() ?? 0
    deal.version = max(deal.version, noted)
    return deal
  }

  func add(_ deal: DealChange) async throws(CallError) -> String {
    try await ask(V2Routes.addDeal.call(body: deal.bodyV2))
  }

  func change(deal id: String, _ change: DealChange) async throws(CallError) {
    _ = try await ask(V2Routes.changeDeal.call(percentEncoded(id), body: change.bodyV2))
  }

  /// The contact is written with the deal.
  var tiesApart: Bool { false }

  func tie(deal _: String, to _: String) async throws(CallError) {}

  /// Oldest first, so that where more have changed than can be reached the next poll goes on there.
  func deals(changedSince moment: Int64?) async throws(CallError) -> [ChangedDeal] {
    guard let moment else {
      let query = String.query(["sort[updated_at]": "desc", "page[size]": "200"])
      return try await ask(V2Routes.deals.call(query: query)).items.map(ChangedDeal.init)
    }
    let since = V2Filter("updated_at", ">=", MomentText(moment).blank)
    return try await all(
      V2Routes.deals,
      ["filter": since.text, "sort[updated_at]": "asc"]
    ).map(ChangedDeal.init)
  }
}

extension ChangedDeal {
  fileprivate init(_ deal: Deal) { self.init(id: deal.id, version: deal.version) }
}
