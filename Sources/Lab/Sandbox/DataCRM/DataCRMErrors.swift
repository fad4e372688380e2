internal import HTTPTypes
internal import Hummingbird
private import NIOCore
internal import StrictJSON
private import Synchronization

/// How DataCRM refuses: with a status of 200, and the reason in the body.
enum DataCRMErrors {
  static func refusal(_ code: String, _ message: String) -> Refusal {
    body(.string(code), message)
  }

  /// Of a plain exception: its code is the number 0.
  static func plain(_ message: String) -> Refusal { body(.number(0), message) }

  private static func body(_ code: JSON, _ message: String) -> Refusal {
    Refusal(
      status: .ok,
      body: ["success": false, "error": ["code": code, "message": .string(message)]]
    )
  }

  static let denied = refusal("ACCESS_DENIED", "Permission to perform the operation is denied")
  static let noSession = refusal("AUTHENTICATION_REQUIRED", "Authentication required")
  static let badSession = refusal("INVALID_SESSIONID", "Session Identifier provided is Invalid")
  static let idleSession = refusal(
    "SESSION_LEFT_IDLE",
    "Session has been invalidated due to inactivity"
  )
  static let oldSession = refusal("SESSION_EXPIRED", "Session has expired please login again")
  static let badToken = refusal("INVALID_AUTH_TOKEN", "Specified token is invalid or expired")
  static let badCredentials = refusal("INVALID_USER_CREDENTIALS", "Invalid username or password")
  static let unknownUser = refusal("AUTHENTICATION_FAILURE", "Given user cannot be found")
  static let blocked = refusal("BLOCKED", "CRM blocked")
  static let badID = refusal("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
  static let notFound = refusal("RECORD_NOT_FOUND", "Record you are trying to access is not found")
  static let badReference = refusal("REFERENCE_INVALID", "Invalid reference specified")
  static let badOwner = refusal("ACCESS_DENIED", "Cannot assign record to the given user")
  static let unknownModule = refusal("UNKOWN_ENTITY", "Module name is not valid")
  static let database = refusal(
    "DATABASE_QUERY_ERROR",
    "Database error while performing required operation"
  )
  static let syntax = refusal("QUERY_SYNTAX_ERROR", "Syntax Error on line 1")

  static func missing(_ field: String) -> Refusal {
    refusal("MANDATORY_FIELDS_MISSING", "\(field) does not have a value")
  }

  static func hidden(_ field: String) -> Refusal {
    refusal("ACCESS_DENIED", "Permission to access '\(field)' attribute denied.")
  }

  static func duplicate(of module: String, inSpanish: Bool) -> Refusal {
    plain(
      inSpanish
        ? "El registro ya existe en el sistema" : "There is already a record in the \(module)"
    )
  }
}

extension Response {
  /// A page of the web server, as a failing PHP or a proxy shows it.
  static func page(status: Int, headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "text/html"
    return Response(
      status: .init(code: status),
      headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: "<html><body>Error</body></html>"))
    )
  }

  /// What an unknown operation gets: the failure is outside of what makes JSON.
  static var unknownOperation: Response { page(status: 500) }
}

/// How faults look when DataCRM has them: pages of HTML, since no fault is answered by its own code.
struct DataCRMFaultAnswers: FaultAnswers {
  let dataCRM: DataCRMSimulator

  /// The path with the operation, such as `/datacrm/acme/webservice.php?operation=create`.
  func place(of request: inout Request) async throws -> String {
    let form = try await DataCRMForm(of: &request)
    return "\(request.uri.path)?operation=\(form.operation)"
  }

  func answer(to request: Request, status: Int) -> Response { .page(status: status) }

  /// The vendor tells no limits: a web server's own, with and without a wait, and a busy one.
  func rateLimited(_ request: Request, form: Int) -> Response {
    let wait: HTTPFields = form == 2 ? [:] : [.retryAfter: "7"]
    return .page(status: form == 3 ? 503 : 429, headers: wait)
  }

  /// Ends the sessions of the account.
  func expireToken(of request: Request) {
    let parts = request.uri.path.split(separator: "/")
    guard parts.count >= 2 else { return }
    dataCRM.account(String(parts[parts.count - 2])).state.withLock { $0.sessions.endAll() }
  }
}
