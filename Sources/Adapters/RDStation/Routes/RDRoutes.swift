import Belt
import Leads
import OutsideCalls
import StrictJSON

/// The routes of RD Station that we call, one value each.
enum RDRoutes {
  static let contact = Route<RDContact?>(
    RoutePattern(.get, "/platform/contacts/{id}", .contacts),
    .reads,
    absent: .some(nil),
    decode: { RDContact($0) }
  )

  /// Creates the contact when there is none by that address; the other fields stay.
  ///
  /// 24 calls a contact and day.
  static let updateContact = Route<Void>(
    RoutePattern(.patch, "/platform/contacts/{id}", .contacts),
    .repeatable
  )

  /// Ten a page, newest first.
  static let history = Route<[JSON]>(
    RoutePattern(.get, "/platform/contacts/{id}/events", .contacts),
    .reads,
    absent: [],
    // Anything else shows nothing of what is there, and must not pass for an empty history.
    decode: { $0.array }
  )

  /// 24 reads and writes together a contact and day.
  static let funnel = Route<RDFunnel?>(
    RoutePattern(.get, "/platform/contacts/{id}/funnels/default", .funnels),
    .reads,
    absent: .some(nil),
    decode: { RDFunnel($0) }
  )

  static let updateFunnel = Route<Void>(
    RoutePattern(.put, "/platform/contacts/{id}/funnels/default", .funnels),
    .repeatable
  )

  /// A repeated conversion is a second conversion, and RD has no idempotency key.
  static let event = Route<Void>(RoutePattern(.post, "/platform/events", .events), told)
  static let events = Route<Void>(RoutePattern(.post, "/platform/events/batch", .events), told)

  private static let told = CallEffect.once(witness: "traffic_value in the contact's history")

  /// For a refresh token or a code; where the answer was lost, the same may be tried again.
  static let token = Route<RDTokens>(
    RoutePattern(.post, "/auth/token", .contacts),
    .repeatable,
    decode: { RDTokens($0) }
  )

  /// The smallest call that proves a token.
  static let account = Route<String?>(
    RoutePattern(.get, "/marketing/account_info", .contacts),
    .reads,
    decode: { .some($0["name"]?.string) }
  )

  /// All of them, for those that compare them with something.
  static let patterns: [RoutePattern] = [
    contact.pattern, updateContact.pattern, history.pattern, funnel.pattern, updateFunnel.pattern,
    event.pattern,
    events.pattern, token.pattern, account.pattern,
  ]
}
