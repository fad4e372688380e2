import Belt
import OutsideCalls
import StrictJSON

extension Quota {
  /// The vendor tells no limits: all calls of an account count as one.
  static let webService = Quota("datacrm")
}

/// The operations of DataCRM that we call, one value each.
///
/// The operation stands in the address too, where a GET needs it; of a POST it is read from the form.
enum DataCRMRoutes {
  static let challenge = route(.get, "getchallenge", .reads) { $0["token"]?.string }
  /// A second one ends nothing: it makes a session more.
  static let login = route(.post, "login", .repeatable) { $0["sessionName"]?.string }

  static let describe = route(.get, "describe", .reads) { ModuleForm($0) }
  static let query = route(.get, "query", .reads) { DataCRMRow.list($0) }
  static let retrieve = route(.get, "retrieve", .reads) { DataCRMRow($0) }

  static let createDeal = route(.post, "create", .once(witness: "our marker in the deal")) {
    DataCRMRow($0)
  }
  static let createRecord = route(.post, "create", .once(witness: "the keys of the record")) {
    DataCRMRow($0)
  }

  /// Of the fields that are sent, and of no others.
  static let revise = route(.post, "revise", .repeatable) { DataCRMRow($0) }
  /// Of the whole record: an older core empties what is not sent.
  static let update = route(.post, "update", .repeatable) { DataCRMRow($0) }

  /// All of them, for those that compare them with something.
  static let patterns: [RoutePattern] = [
    challenge.pattern, login.pattern, describe.pattern, query.pattern, retrieve.pattern,
    createDeal.pattern, revise.pattern, update.pattern,
  ]

  private static func route<Answer>(
    _ method: RoutePattern.Method,
    _ operation: String,
    _ effect: CallEffect,
    decode: @escaping @Sendable (JSON) -> Answer?
  ) -> Route<Answer> {
    Route(
      RoutePattern(method, "/webservice.php?operation=\(operation)", .webService),
      effect,
      reading: { DataCRMAnswer(parsing: $0)?.result.flatMap(decode) }
    )
  }
}

/// Names and values as a query or a form carries them.
func parameters(_ list: KeyValuePairs<String, String>) -> String {
  list.map { "\($0.key)=\(percentEncoded($0.value))" }.joined(separator: "&")
}
