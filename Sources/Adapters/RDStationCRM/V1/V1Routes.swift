import Belt
import OutsideCalls
import StrictJSON

/// The routes of v1 that we call, one value each.
///
/// A write is read as strictly as a read: a page of HTML with 200 is no answer.
enum V1Routes {
  private static let base = "/api/v1"

  private static func reading<Answer>(
    _ path: String,
    _ decode: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer> {
    Route(RoutePattern(.get, base + path, .rdStationCRM), .reads, decode: decode)
  }

  /// Nil for one that is not there, or that the token's user may not see.
  private static func seeking<Answer>(
    _ path: String,
    _ decode: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer?> {
    Route(
      RoutePattern(.get, base + path, .rdStationCRM),
      .reads,
      absent: .some(nil),
      decode: { decode($0).map { .some($0) } }
    )
  }

  private static func writing<Answer>(
    _ method: RoutePattern.Method,
    _ path: String,
    _ effect: CallEffect,
    _ decode: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer> {
    Route(RoutePattern(method, base + path, .rdStationCRM), effect, decode: decode)
  }

  static let token = reading("/token/check") { json in json["organization"]?.string }

  static let pipelines = reading("/deal_pipelines") { AccountLists.Pipeline.list($0) }
  static let users = reading("/users") { $0["users"]?.each(AccountLists.User.init(v1:)) }
  static let teams = reading("/teams") { V1Page($0, "teams") { $0.team } }
  static let fields = reading("/custom_fields") { json in
    json.each { AccountLists.Field.known(v1: $0) }?.compactMap(\.self)
  }
  static let sources = reading("/deal_sources") { V1Page($0, "deal_sources") { $0.named } }
  static let addSource = writing(.post, "/deal_sources", .once(witness: "its name")) { $0.recordID }
  static let campaigns = reading("/campaigns") { V1Page($0, "campaigns") { $0.named } }
  static let addCampaign = writing(.post, "/campaigns", .once(witness: "its name")) { $0.recordID }
  static let lostReasons = reading("/deal_lost_reasons") {
    V1Page($0, "deal_lost_reasons") { $0.named }
  }

  static let people = reading("/contacts") { V1Page($0, "contacts", Person.init(v1:)) }
  static let person = seeking("/contacts/{id}") { Person(v1: $0) }
  /// A POST always makes a new one.
  static let addPerson = writing(.post, "/contacts", .once(witness: "its address or number")) {
    Person(v1: $0)
  }
  static let changePerson = writing(.put, "/contacts/{id}", .repeatable) { $0.recordID }

  static let companies = reading("/organizations") {
    V1Page($0, "organizations", Company.init(v1:))
  }
  static let company = seeking("/organizations/{id}") { Company(v1: $0) }
  static let addCompany = writing(.post, "/organizations", .once(witness: "its name")) {
    Company(v1: $0)
  }
  static let changeCompany = writing(.put, "/organizations/{id}", .repeatable) { $0.recordID }

  static let deals = reading("/deals") { V1Page($0, "deals") { V1ListedDeal($0) } }
  static let deal = seeking("/deals/{id}") { Deal(v1: $0) }
  static let addDeal = writing(.post, "/deals", .once(witness: "our reference in its name")) {
    $0.recordID
  }
  static let changeDeal = writing(.put, "/deals/{id}", .repeatable) { $0.recordID }

  static let notes = reading("/activities") { json in
    json["activities"]?.each { $0["text"]?.string }
  }
  static let addNote = writing(.post, "/activities", .once(witness: "the signs in its lines")) {
    $0.recordID
  }

  static let products = reading("/products") { V1Page($0, "products") { $0.named } }
  static let addProduct = writing(.post, "/products", .once(witness: "its name")) { $0.recordID }
  static let lines = reading("/deals/{id}/deal_products") { json in
    json["deal_products"]?.each { V1Line($0) }
  }
  static let addLine = writing(
    .post,
    "/deals/{id}/deal_products",
    .once(witness: "the deal's lines")
  ) { $0.recordID }
  static let changeLine = writing(.put, "/deals/{id}/deal_products/{line}", .repeatable) {
    $0.recordID
  }

  static let webhooks = reading("/webhooks") { $0["webhooks"]?.each(RDCRMWebhookState.init(v1:)) }
  static let addWebhook = writing(.post, "/webhooks", .once(witness: "the list of webhooks")) {
    RDCRMWebhookState(v1: $0)
  }
  static let changeWebhook = writing(.put, "/webhooks/{id}", .repeatable) {
    RDCRMWebhookState(v1: $0)
  }

  /// All of them, for those that compare them with something.
  static let patterns: [RoutePattern] = [
    token.pattern, pipelines.pattern, users.pattern, teams.pattern, fields.pattern,
    sources.pattern, addSource.pattern, campaigns.pattern, addCampaign.pattern,
    lostReasons.pattern, people.pattern, person.pattern, addPerson.pattern, changePerson.pattern,
    companies.pattern, company.pattern, addCompany.pattern, changeCompany.pattern, deals.pattern,
    deal.pattern, addDeal.pattern, changeDeal.pattern, notes.pattern, addNote.pattern,
    products.pattern, addProduct.pattern, lines.pattern, addLine.pattern, changeLine.pattern,
    webhooks.pattern, addWebhook.pattern, changeWebhook.pattern,
  ]
}
