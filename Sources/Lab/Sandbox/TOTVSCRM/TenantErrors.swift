internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON
private import NIOCore
private import Synchronization

/// TOTVS CRM's refusals, in the form of the general guideline of TOTVS APIs (assumed).
enum TenantErrors {
  static func refusal(
    _ status: HTTPResponse.Status,
    _ code: String,
    _ message: String,
    field: String? = nil
  ) -> Refusal {
    let detail: JSON? = field.map {
      ["code": .string(code), "field": .string($0), "message": .string(message)]
    }
    return Refusal(
      status: status,
      body: [
        "code": .string(code), "message": .string(message), "detailedMessage": .string(message),
        "details": .array([detail].compactMap(\.self)),
      ]
    )
  }

  static func header(_ name: String) -> Refusal {
    refusal(.badRequest, "invalidHeader", "The header \(name) is missing or wrong.", field: name)
  }

  static func member(_ name: String, _ code: String) -> Refusal {
    refusal(.unprocessableContent, code, "The member \(name) is not valid.", field: name)
  }

  static let noSession = refusal(.unauthorized, "unauthorized", "Log in again.")
  static let notFound = refusal(.notFound, "notFound", "There is no such record.")
  static let conflict = refusal(.conflict, "mergeError", "Try the request again.")
}

/// How faults look when TOTVS CRM has them.
struct TenantFaultAnswers: FaultAnswers {
  let simulator: TOTVSSimulator

  /// All calls have one path: the headers tell them apart, such as
  /// `/totvs/api/integration/customer/leads-integration/create`; a read ends with `read`.
  func place(of request: inout Request) -> String {
    guard let service = request.headers[.service], let resource = request.headers[.resource] else {
      return request.uri.path
    }
    let action = request.headers[.action] ?? "read"
    return "\(request.uri.path)/\(service)/\(resource)/\(action)"
  }

  /// One that is no failure is a page, as a proxy sends it.
  func answer(to request: Request, status: Int) -> Response {
    guard status >= 300 else {
      return Response(
        status: .init(code: status),
        headers: [.contentType: "text/html"],
        body: .init(byteBuffer: ByteBuffer(string: "<html><body>Manutenção</body></html>"))
      )
    }
    return TenantErrors.refusal(.init(code: status), "sandboxFault", "A fault of the sandbox.")
      .response
  }

  /// With a wait in seconds, with one as a date, and with none.
  func rateLimited(_ request: Request, form: Int) -> Response {
    var refusal = TenantErrors.refusal(.tooManyRequests, "tooManyRequests", "Too many requests.")
    let waits = [1: "7", 2: "Wed, 21 Oct 2065 07:28:00 GMT"]
    if let name = HTTPField.Name("Retry-After") { refusal.headers[name] = waits[form] }
    return refusal.response
  }

  func expireToken(of request: Request) {
    guard let (tenant, session) = simulator.session(of: request) else { return }
    tenant.state.withLock { $0.login.end(session) }
  }
}
