import Belt
import Leads
import OutsideCalls
import StrictJSON

/// v2 of the API: OAuth, filters by RDQL, amounts and contacts written with the deal.
struct V2: RDCRMAPI {
  private static let pageSize = 200
  /// The first 10,000 records of a filter are all that can be reached.
  private static let pagesMax = 50

  let caller: Caller
  let integration: String

  init(_ caller: Caller, integration: String) {
    self.caller = caller
    self.integration = integration
  }

  func ask<Answer>(_ call: Call<Answer>) async throws(CallError) -> Answer {
    try await caller.answer(call, for: integration)
  }

  /// Built from numbers: the links of an answer carry a prefix that the gateway does not know.
  func all<Item>(
    _ route: Route<V2Page<Item>>,
    of id: String = "",
    _ parameters: [String: String] = [:]
  ) async throws(CallError) -> [Item] {
    var items: [Item] = []
    for number in 1...Self.pagesMax {
      var parameters = parameters
      parameters["page[number]"] = "\(number)"
      parameters["page[size]"] = "\(Self.pageSize)"
      let page = try await ask(route.call(percentEncoded(id), query: .query(parameters)))
      items += page.items
      guard page.hasMore, !page.items.isEmpty else { break }
    }
    return items
  }

  func lists() async throws(CallError) -> AccountLists {
    var pipelines: [AccountLists.Pipeline] = []
    for pipeline in try await all(V2Routes.pipelines) {
      let stages = try await all(V2Routes.stages, of: pipeline.id)
      pipelines.append(
        AccountLists.Pipeline(
          id: pipeline.id,
          name: pipeline.name,
          stages: stages.map { AccountLists.Stage(id: $0.id, name: $0.name) }
        )
      )
    }
    return AccountLists(
      pipelines: pipelines,
      users: try await all(V2Routes.users),
      fields: try await all(V2Routes.fields).compactMap(\.self)
    )
  }

  func teams() async throws(CallError) -> [CRMCatalogue.Team] {
    let users = try await all(V2Routes.users)
    return try await all(V2Routes.teams).map { team in
      CRMCatalogue.Team(
        name: team.name,
        members: users.filter { team.userIDs.contains($0.id) }.map(\.email)
      )
    }
  }

  func source(_ name: String) async throws(CallError) -> String? {
    try await all(V2Routes.sources).first { $0.name == name }?.id
  }

  func addSource(_ name: String) async throws(CallError) -> String {
    try await ask(V2Routes.addSource.call(body: ["data": ["name": .string(name)]]))
  }

  func campaign(_ name: String) async throws(CallError) -> String? {
    try await all(V2Routes.campaigns).first { $0.name == name }?.id
  }

  func addCampaign(_ name: String) async throws(CallError) -> String {
    try await ask(V2Routes.addCampaign.call(body: ["data": ["name": .string(name)]]))
  }

  func notes(of deal: String) async throws(CallError) -> [String] {
    try await all(V2Routes.notes, of: deal).map(\.text)
  }

  func add(note text: String, to deal: String, by _: String) async throws(CallError) {
    let body: JSON = ["data": ["description": .string(text)]]
    _ = try await ask(V2Routes.addNote.call(percentEncoded(deal), body: body))
  }

  func webhooks() async throws(CallError) -> [RDCRMWebhookState] {
    try await all(V2Routes.webhooks)
  }

  func addWebhook(_ event: String, to url: String) async throws(CallError) {
    _ = try await ask(V2Routes.addWebhook.call(body: Self.webhook(event, url)))
  }

  func reactivate(_ webhook: RDCRMWebhookState) async throws(CallError) {
    let body = Self.webhook(webhook.event, webhook.url)
    _ = try await ask(V2Routes.changeWebhook.call(percentEncoded(webhook.id), body: body))
  }

  private static func webhook(_ event: String, _ url: String) -> JSON {
    [
      "data": [
        "name": .string("Esteira \(event)"), "event_name": .string(event), "url": .string(url),
        "http_method": "POST",
      ]
    ]
  }
}

/// A condition of RDQL, the filters of v2.
struct V2Filter: Sendable, Hashable {
  /// As the query carries it.
  let text: String

  init(_ field: String, is value: String) { self.init(field, "", value) }

  /// `comparison`: `~` for contains, `>=`; none for equal.
  init(_ field: String, _ comparison: String, _ value: String) {
    let escaped = value.map { character in
      character == "\\" || character == "\"" ? "\\\(character)" : String(character)
    }
    text = "\(field):\(comparison)\"\(escaped.joined())\""
  }
}
