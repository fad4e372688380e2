import Belt
import OutsideCalls
import StrictJSON

/// The routes of v2 that we call, one value each; answers stand under `data`.
enum V2Routes {
  private static let base = "/crm/v2"

  private static func listing<Item>(
    _ path: String,
    _ read: @escaping @Sendable (JSON) -> Item?
  ) -> Route<V2Page<Item>> {
    Route(RoutePattern(.get, base + path, .rdStationCRM), .reads, decode: { V2Page($0, read) })
  }

  private static func seeking<Answer>(
    _ path: String,
    _ read: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer?> {
    Route(
      RoutePattern(.get, base + path, .rdStationCRM),
      .reads,
      absent: .some(nil),
      decode: { $0["data"].flatMap(read).map { .some($0) } }
    )
  }

  private static func writing<Answer>(
    _ method: RoutePattern.Method,
    _ path: String,
    _ effect: CallEffect,
    _ read: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer> {
    Route(
      RoutePattern(method, base + path, .rdStationCRM),
      effect,
      decode: { $0["data"].flatMap(read) }
    )
  }

  /// For a refresh token or a code, as a form; the refresh token is dead as soon as it was used.
  static let token = Route<V2Tokens>(
    RoutePattern(.post, "/oauth2/token", .rdStationCRM),
    .repeatable,
    decode: { V2Tokens($0) }
  )

  static let pipelines = listing("/pipelines") { $0.named }
  static let stages = listing("/pipelines/{id}/stages") { $0.named }
  static let users = listing("/users") { AccountLists.User(v2: $0) }
  static let teams = listing("/teams") { V2Team($0) }
  static let fields = listing("/custom_fields") { AccountLists.Field.known(v2: $0) }
  static let sources = listing("/sources") { $0.named }
  static let campaigns = listing("/campaigns") { $0.named }
  static let addSource = writing(.post, "/sources", .once(witness: "its name")) { $0.recordID }
  static let addCampaign = writing(.post, "/campaigns", .once(witness: "its name")) { $0.recordID }
  static let lostReasons = listing("/lost_reasons") { $0.named }

  static let people = listing("/contacts") { Person(v2: $0) }
  static let person = seeking("/contacts/{id}") { Person(v2: $0) }
  static let addPerson = writing(.post, "/contacts", .once(witness: "its address or number")) {
    Person(v2: $0)
  }
  static let changePerson = writing(.put, "/contacts/{id}", .repeatable) { $0.recordID }

  static let companies = listing("/organizations") { Company(v2: $0) }
  static let company = seeking("/organizations/{id}") { Company(v2: $0) }
  static let addCompany = writing(.post, "/organizations", .once(witness: "its name")) {
    Company(v2: $0)
  }
  static let changeCompany = writing(.put, "/organizations/{id}", .repeatable) { $0.recordID }

  static let deals = listing("/deals") { Deal(v2: $0) }
  static let deal = seeking("/deals/{id}") { Deal(v2: $0) }
  static let addDeal = writing(.post, "/deals", .once(witness: "our reference in its name")) {
    $0.recordID
  }
  static let changeDeal = writing(.put, "/deals/{id}", .repeatable) { $0.recordID }

  static let notes = listing("/deals/{id}/notes") { V2Note($0) }
  static let addNote = writing(
    .post,
    "/deals/{id}/notes",
    .once(witness: "the signs in its lines")
  ) { $0.recordID }

  static let webhooks = listing("/webhooks") { RDCRMWebhookState(v2: $0) }
  static let addWebhook = writing(.post, "/webhooks", .once(witness: "the list of webhooks")) {
    RDCRMWebhookState(v2: $0)
  }
  static let changeWebhook = writing(.put, "/webhooks/{id}", .repeatable) {
    RDCRMWebhookState(v2: $0)
  }

  /// All of them, for those that compare them with something.
  static let patterns: [RoutePattern] = [
    token.pattern, pipelines.pattern, stages.pattern, users.pattern, teams.pattern,
    fields.pattern, sources.pattern, campaigns.pattern, addSource.pattern, addCampaign.pattern,
    lostReasons.pattern, people.pattern, person.pattern, addPerson.pattern, changePerson.pattern,
    companies.pattern, company.pattern, addCompany.pattern, changeCompany.pattern, deals.pattern,
    deal.pattern, addDeal.pattern, changeDeal.pattern, notes.pattern, addNote.pattern,
    webhooks.pattern, addWebhook.pattern, changeWebhook.pattern,
  ]
}
