import Belt
import Leads
import OutsideCalls
import StrictJSON

/// v1 of the API: a user's token in the query, 120 calls a minute, nothing is deleted.
struct V1: RDCRMAPI {
  /// A list is read in pages of this many, and not further than so many pages.
  static let pageSize = 200
  static let pagesMax = 50

  let caller: Caller
  let integration: String
  /// How many records of a list can be reached.
  let reach: Int

  init(_ caller: Caller, integration: String, reach: Int = 10_000) {
    self.caller = caller
    self.integration = integration
    self.reach = reach
  }

  func ask<Answer>(_ call: Call<Answer>) async throws(CallError) -> Answer {
    try await caller.answer(call, for: integration)
  }

  /// Every item of a list, as far as it can be reached.
  func all<Item>(_ route: Route<V1Page<Item>>, _ filter: [String: String] = [:])
    async throws(CallError) -> [Item]
  {
    var items: [Item] = []
    for number in 1...Self.pagesMax {
      let page = try await page(route, filter, number)
      items += page.items
      guard page.hasMore, !page.items.isEmpty else { break }
    }
    return items
  }

  func page<Item>(_ route: Route<V1Page<Item>>, _ filter: [String: String], _ number: Int)
    async throws(CallError) -> V1Page<Item>
  {
    var filter = filter
    filter["page"] = "\(number)"
    filter["limit"] = "\(Self.pageSize)"
    return try await ask(route.call(query: .query(filter)))
  }

  func lists() async throws(CallError) -> AccountLists {
    AccountLists(
      pipelines: try await ask(V1Routes.pipelines.call(query: .query(["limit": "200"]))),
      users: try await ask(V1Routes.users.call()),
      fields: try await ask(V1Routes.fields.call())
    )
  }

  func teams() async throws(CallError) -> [CRMCatalogue.Team] { try await all(V1Routes.teams) }

  func source(_ name: String) async throws(CallError) -> String? {
    try await all(V1Routes.sources, ["q": name]).first { $0.name == name }?.id
  }

  func addSource(_ name: String) async throws(CallError) -> String {
    try await ask(V1Routes.addSource.call(body: ["deal_source": ["name": .string(name)]]))
  }

  func campaign(_ name: String) async throws(CallError) -> String? {
    try await all(V1Routes.campaigns, ["q": name]).first { $0.name == name }?.id
  }

  func addCampaign(_ name: String) async throws(CallError) -> String {
    try await ask(V1Routes.addCampaign.call(body: ["campaign": ["name": .string(name)]]))
  }

  func companies(named text: String) async throws(CallError) -> [Company] {
    try await all(V1Routes.companies, ["q": text])
  }

  func company(_ id: String) async throws(CallError) -> Company? {
    try await ask(V1Routes.company.call(percentEncoded(id)))
  }

  func add(_ company: CompanyChange) async throws(CallError) -> Company {
    try await ask(V1Routes.addCompany.call(body: company.bodyV1))
  }

  func change(company id: String, _ change: CompanyChange) async throws(CallError) {
    _ = try await ask(V1Routes.changeCompany.call(percentEncoded(id), body: change.bodyV1))
  }

  func notes(of deal: String) async throws(CallError) -> [String] {
    var notes: [String] = []
    // The list has no counters: an empty page is its end.
    for number in 1...Self.pagesMax {
      let query = String.query(["deal_id": deal, "page": "\(number)", "limit": "200"])
      let page = try await ask(V1Routes.notes.call(query: query))
      notes += page
      if page.count < Self.pageSize { break }
    }
    return notes
  }

  func add(note text: String, to deal: String, by user: String) async throws(CallError) {
    let body: JSON = [
      "activity": ["deal_id": .string(deal), "user_id": .string(user), "text": .string(text)]
    ]
    _ = try await ask(V1Routes.addNote.call(body: body))
  }

  func webhooks() async throws(CallError) -> [RDCRMWebhookState] {
    try await ask(V1Routes.webhooks.call())
  }

  func addWebhook(_ event: String, to url: String) async throws(CallError) {
    _ = try await ask(V1Routes.addWebhook.call(body: Self.webhook(event, url)))
  }

  func reactivate(_ webhook: RDCRMWebhookState) async throws(CallError) {
    let body = Self.webhook(webhook.event, webhook.url)
    _ = try await ask(V1Routes.changeWebhook.call(percentEncoded(webhook.id), body: body))
  }

  private static func webhook(_ event: String, _ url: String) -> JSON {
    ["event_type": .string(event), "url": .string(url), "http_method": "POST"]
  }
}

extension String {
  /// A query, percent-encoded.
  static func query(_ parameters: [String: String]) -> String {
    parameters.sorted { $0.key < $1.key }
      .map { "\(percentEncoded($0.key))=\(percentEncoded($0.value))" }.joined(separator: "&")
  }
}
