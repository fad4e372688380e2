internal import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension TOTVSSimulator {
  static let cookie = "JSESSIONID"

  /// `POST /totvs/api/login`: a wrong password and an unknown tenant are answered in two different ways.
  func addLoginRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("api/login") { request, _ in
      let body = try await request.json()
      guard let user = body["username"]?.string, let password = body["password"]?.string,
        let name = body["tenant"]?.string
      else { throw TenantErrors.refusal(.badRequest, "invalidBody", "A member is missing.") }
      guard let tenant = self.tenant(name) else {
        throw TenantErrors.refusal(.badRequest, "tenantNotFound", "There is no such tenant.")
      }
      let end = self.now().adding(seconds: Int64(self.settings.withLock { $0.sessionSeconds }))
      let (session, isLocked) = tenant.state.withLock { state in
        (state.login.begin(user: user, password: password, until: end), state.login.isLocked)
      }
      guard let session else {
        let code = isLocked ? "userLocked" : "invalidCredentials"
        throw TenantErrors.refusal(.unauthorized, code, "The login is refused.")
      }
      let cookie = "\(Self.cookie)=\(session); Path=/; HttpOnly"
      return Response(status: .ok, headers: [.setCookie: cookie])
    }
  }

  /// The tenant and the session that a request's cookie names, valid or not.
  func session(of request: Request) -> (tenant: Tenant, session: String)? {
    let cookies = request.headers[.cookie]?.split(separator: ";") ?? []
    let pairs = cookies.map { $0.drop { $0 == " " }.split(separator: "=", maxSplits: 1) }
    guard let pair = pairs.first(where: { $0.count == 2 && $0[0] == Self.cookie }),
      let name = TenantLogin.tenant(of: String(pair[1])), let tenant = self.tenant(name)
    else { return nil }
    return (tenant, String(pair[1]))
  }

  /// - Throws: A 401 without a session that is in force.
  func tenant(of request: Request) throws(Refusal) -> Tenant {
    let time = now()
    guard let (tenant, session) = self.session(of: request),
      tenant.state.withLock({ $0.login.isValid(session, now: time) })
    else { throw TenantErrors.noSession }
    return tenant
  }
}
