package import Belt
package import OutsideCalls
import StrictJSON

/// The routes of TOTVS CRM that we call: a login, and one endpoint that is told by headers what to do.
///
/// The action `upsert` is not among them, and is never to be: it drops what people added to the record.
package enum TOTVSRoutes {
  /// Of the answer only the cookie counts.
  static let login = Route<Void>(
    RoutePattern(.post, "/api/login", .totvsLogins),
    .repeatable
  )

  static let rows = Route<TOTVSRows>(endpoint(.get), .reads, decode: { TOTVSRows($0) })

  /// A second call makes a second record: nothing says that `externalId` is unique.
  static let create = Route<String>(
    endpoint(.post),
    .once(witness: "externalId"),
    decode: { CreatedID($0)?.text }
  )

  /// The members that are sent, of the one record that the filter names.
  static let update = Route<Void>(endpoint(.post), .repeatable)

  /// Assumed (totvs-crm.md 3): no page that could be read shows the endpoint's path.
  private static func endpoint(_ method: RoutePattern.Method) -> RoutePattern {
    RoutePattern(method, "/api/integration", .totvs)
  }

  /// All of them, for those that compare them with something.
  package static let patterns: [RoutePattern] = [
    login.pattern, rows.pattern, create.pattern, update.pattern,
  ]
}

extension TOTVSResource {
  func rows(where filter: RestQuery? = nil) -> Call<TOTVSRows> {
    TOTVSRoutes.rows.call(headers: headers(filter: filter))
  }

  func create(_ body: JSON) -> Call<String> {
    TOTVSRoutes.create.call(body: body, headers: headers(action: "create"))
  }

  func update(_ id: RestQuery, _ body: JSON) -> Call<Void> {
    TOTVSRoutes.update.call(body: body, headers: headers(action: "update", filter: id))
  }

  private func headers(action: String? = nil, filter: RestQuery? = nil) -> [(
    name: String, value: String
  )] {
    let named: [(String, String?)] = [
      ("Integration-Action", action), ("Integration-Service", service),
      ("Integration-Resource", resource), ("Integration-Version", version),
      ("Integration-Filter", filter?.text),
    ]
    return named.compactMap { name, value in value.map { (name: name, value: $0) } }
  }
}

/// TOTVS publishes no limits: one quota for all, and one for logins, of which too many lock the user out.
extension Quota {
  package static let totvs = Quota("totvs")
  package static let totvsLogins = Quota("totvs_logins")
}

extension OutsideSystem {
  package static let totvs = OutsideSystem(name: "TOTVS CRM", code: "totvs")
}
