internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import StrictJSON

/// RD Station CRM's refusals, in the shape each of them has (reference 1.7).
enum RDCRMErrors {
  static let denied = Refusal(status: .unauthorized, body: ["error": "Permission denied."])
  static let forbidden = Refusal(status: .forbidden, body: ["error": "forbidden"])
  static let notFound = Refusal(
    status: .notFound,
    body: [
      "errors": ["error_type": "RESOURCE_NOT_FOUND", "error_message": "Lead not found."]
    ]
  )

  /// Of one field, in Portuguese.
  static func field(_ name: String, _ message: String) -> Refusal {
    Refusal(
      status: .unprocessableContent,
      body: ["errors": .one(name, [.string(message)])]
    )
  }

  static func mustBeString(_ name: String) -> Refusal {
    let item: JSON = [
      "error_type": "MUST_BE_STRING",
      "error_message": .string("\(name.prefix(1).uppercased())\(name.dropFirst()) must be string."),
    ]
    return Refusal(
      status: .unprocessableContent,
      body: ["errors": .one(name, [item])]
    )
  }

  static func noSuchField(_ id: String) -> Refusal {
    let text = "Could not find a custom field that matches: {:custom_field_id=>\"\(id)\"}"
    return Refusal(status: .badRequest, body: ["errors": .string(text)])
  }

  /// What the plan does not include, in one of the two forms on record.
  static func plan(_ feature: String, status: Int) -> Refusal {
    Refusal(
      status: .init(code: status),
      body: [
        "errors": [
          [
            "error_type": "ACCESS_DENIED",
            "error_message": "This account is not allowed to use this resource",
            "feature": .string(feature), "access": false,
          ]
        ]
      ]
    )
  }

  static func limited(seconds: Int64, _ settings: RDCRMSettings) -> Refusal {
    Refusal(
      status: .tooManyRequests,
      headers: settings.flag("tells_retry_after") ? [.retryAfter: "\(seconds)"] : [:],
      body: [
        "errors": [
          "error_type": "RATE_LIMIT_EXCEDDED", "error_message": "API usage limit exceeded",
        ]
      ]
    )
  }

  /// An array of details, as v2 refuses.
  static func detail(_ status: HTTPResponse.Status, _ text: String) -> Refusal {
    Refusal(status: status, body: ["errors": [["detail": .string(text)]]])
  }
}

/// A page for people: how a parameter that nobody expected is answered.
struct RDCRMPage: Error, HTTPResponseError {
  var status: HTTPResponse.Status = .internalServerError

  func response(from request: Request, context: some RequestContext) -> Response { response }

  var response: Response {
    Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8"],
      body: .init(
        byteBuffer: ByteBuffer(
          string: "<html><body><p>Estamos com problemas técnicos.</p></body></html>"
        )
      )
    )
  }
}

/// How faults look when RD Station CRM has them.
struct RDCRMFaultAnswers: FaultAnswers {
  let crm: RDCRMSimulator

  /// Everything above 499 is a page, and so is a success that nobody meant.
  func answer(to request: Request, status: Int) -> Response {
    guard (300..<500).contains(status) else {
      return RDCRMPage(status: .init(code: status)).response
    }
    return Response.json(["error": "A fault of the sandbox"], status: .init(code: status))
  }

  func rateLimited(_ request: Request, form: Int) -> Response {
    var settings = RDCRMSettings()
    if form == 1 { settings.tellRetryAfter() }
    return RDCRMErrors.limited(seconds: 7, settings).response
  }

  /// A token of v1 never ends; its user is given another one.
  func expireToken(of request: Request) { crm.endToken(of: request) }
}

extension RDCRMSettings {
  fileprivate mutating func tellRetryAfter() {
    do {
      try merge(["tells_retry_after": true])
    } catch {
      preconditionFailure("the setting is there")
    }
  }
}

extension JSON {
  /// An object of one member.
  static func one(_ key: String, _ value: JSON) -> JSON {
    .object(Members([.init(key: key, value: value)]))
  }
}
