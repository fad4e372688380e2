internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON
private import Synchronization

/// RD Station's refusals, in the shape each of them has.
enum RDErrors {
  /// Shape 1: one object.
  static func plain(
    _ status: HTTPResponse.Status,
    _ type: String,
    _ message: String,
    headers: HTTPFields = [:]
  ) -> Refusal {
    Refusal(
      status: status,
      headers: headers,
      body: ["errors": ["error_type": .string(type), "error_message": .string(message)]]
    )
  }

  /// Shape 2: arrays by field.
  static func field(_ name: String, _ type: String, _ message: String) -> Refusal {
    Refusal(
      status: .badRequest,
      body: [
        "errors": .object(
          members(name, [["error_type": .string(type), "error_message": .string(message)]])
        )
      ]
    )
  }

  /// Shape 3: an array with places.
  static func at(
    _ path: String,
    _ type: String,
    _ message: String,
    status: HTTPResponse.Status = .badRequest,
    rules: JSON = [:]
  ) -> Refusal {
    Refusal(
      status: status,
      body: ["errors": [item(path, type, message, rules: rules)]]
    )
  }

  /// Shape 4: a bare array.
  static func bare(_ path: String, _ type: String, _ message: String, rules: JSON) -> Refusal {
    Refusal(status: .badRequest, body: [item(path, type, message, rules: rules)])
  }

  /// Shape 5: by field and language.
  static func locale(_ name: String, _ type: String, _ message: String) -> Refusal {
    let item: JSON = ["error_type": .string(type), "error_message": .string(message)]
    return Refusal(
      status: .badRequest,
      body: ["errors": .object(members(name, ["pt-BR": [item]]))]
    )
  }

  private static func members(_ name: String, _ value: JSON) -> JSON.Members {
    var members = JSON.Members()
    members[name] = value
    return members
  }

  private static func item(
    _ path: String,
    _ type: String,
    _ message: String,
    rules: JSON
  ) -> JSON {
    [
      "error_type": .string(type), "error_message": .string(message), "validation_rules": rules,
      "path": .string(path),
    ]
  }

  static let leadNotFound = plain(.notFound, "RESOURCE_NOT_FOUND", "Lead not found.")
  static let notFound = plain(
    .notFound,
    "RESOURCE_NOT_FOUND",
    "The resource couldn't be found."
  )
  static let invalidToken = plain(.unauthorized, "UNAUTHORIZED", "Invalid token.")
  static let noToken = Refusal(
    status: .unauthorized,
    body: ["error": "invalid_request", "error_description": "The access token is missing"]
  )

  static let expiredToken: Refusal = {
    let text =
      "Bearer realm=\"https://api.rd.services/\", error=\"expired_token\", "
      + "error_description=\"The access token expired\""
    return plain(
      .unauthorized,
      "UNAUTHORIZED",
      "Invalid token.",
      headers: [.wwwAuthenticate: text]
    )
  }()
}

/// How faults look when RD Station has them.
struct RDFaultAnswers: FaultAnswers {
  let rd: RDSimulator

  func answer(to request: Request, status: Int) -> Response {
    let body: JSON =
      status >= 500
      ? [
        "errors": [
          "error_type": "SERVICE_UNAVAILABLE",
          "error_message": "Service temporarily unavailable",
        ]
      ] : ["errors": ["error_type": "SANDBOX_FAULT", "error_message": "A fault of the sandbox"]]
    return .json(body, status: .init(code: status))
  }

  func rateLimited(_ request: Request, form: Int) -> Response {
    switch form {
    case 1:
      RDQuotas.contactRefusal(key: "ana.prado@exemplo.com.br", max: 24, usage: 25, seconds: 7)
        .response
    case 2: RDQuotas.accountRefusal(max: 120, seconds: 7).response
    default:
      RDErrors.plain(.tooManyRequests, "RATE_LIMIT_EXCEDDED", "API usage limit exceeded").response
    }
  }

  func expireToken(of request: Request) {
    guard let token = RDSimulator.bearer(of: request), let name = RDLogin.account(of: token)
    else { return }
    rd.account(name).state.withLock { $0.login.expire(token) }
  }
}
