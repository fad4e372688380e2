import Observability
import Belt

/// What a caller is told.
struct HookAnswer: Sendable {
  enum Body: Sendable {
    case none
    case accepted(Identifier)
    case problem(ProblemDetails)
  }

  let status: Int
  let body: Body
  /// Seconds.
  var retryAfter: Int?
  var allow: String?

  /// Confirmed by the broker, or on the disk.
  static func accepted(_ id: Identifier) -> HookAnswer {
    HookAnswer(status: 202, body: .accepted(id))
  }

  /// Understood, and nothing to do.
  static let probe = HookAnswer(status: 204, body: .none)

  static let notFound = problem(
    404,
    "Not found",
    "There is no such page. Hook addresses begin with /v1/hooks/; "
      + "print one with: esteira hook-url NAME --trigger conversion (or opportunity, or --crm)"
  )

  /// The same for every reason: a stranger learns nothing.
  static let unauthorised = problem(
    401,
    "Unauthorised",
    "The address is not a valid hook address. Print it again, and copy the whole of it: "
      + "esteira hook-url NAME --trigger conversion (or opportunity, or --crm)"
  )

  static let methodNotAllowed = HookAnswer(
    status: 405,
    body: problem(405, "Method not allowed", "A hook takes POST requests only.").body,
    allow: "POST"
  )

  static let encoded = problem(
    415,
    "Unsupported encoding",
    "The body is compressed. Send plain JSON, without Content-Encoding."
  )

  static func tooLarge(bytesMax: Int) -> HookAnswer {
    problem(
      413,
      "Body too large",
      "A body may have \(bytesMax) bytes at most. Send fewer leads at a time."
    )
  }

  static func tooSlow(_ deadline: Duration) -> HookAnswer {
    problem(
      408,
      "Body too slow",
      "The body did not arrive within \(deadline.components.seconds) s. Send it again."
    )
  }

  static let broken = problem(
    400,
    "Body broken off",
    "The request ended before its body did. Send it again."
  )

  static func invalid(_ fault: String) -> HookAnswer {
    problem(400, "Body is not valid JSON", "The body was not accepted: \(fault).")
  }

  /// `who` begins the sentence "… sends faster than it may"; `wait` is until the next may pass.
  static func tooMany(_ who: String, wait: Duration) -> HookAnswer {
    let (seconds, attoseconds) = wait.components
    return problem(
      429,
      "Too many requests",
      "\(who) sends faster than it may. Send again later, and more slowly.",
      retryAfter: max(1, Int(seconds) + (attoseconds > 0 ? 1 : 0))
    )
  }

  static let busy = problem(
    503,
    "Busy",
    "Too many requests are in hand just now. Send it again.",
    retryAfter: 1
  )

  static let notStored = problem(
    503,
    "Not stored",
    "The message could not be stored just now, and was not accepted. Send it again.",
    retryAfter: 5
  )

  private static func problem(
    _ status: Int,
    _ title: String,
    _ detail: String,
    retryAfter: Int? = nil
  ) -> HookAnswer {
    HookAnswer(
      status: status,
      body: .problem(ProblemDetails(status: status, title: title, detail: detail)),
      retryAfter: retryAfter
    )
  }
}
