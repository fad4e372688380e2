private import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
private import StrictJSON
private import Synchronization

/// A call that came with a valid token.
struct RDCall {
  let account: RDAccount
  let settings: RDSettings
  let now: Timestamp

  /// Checks the token and counts the call against that quota of the account.
  init(_ request: Request, _ rd: RDSimulator, quota: RDQuotas.AccountKind? = nil) throws {
    now = rd.now()
    settings = rd.settings.withLock { $0 }
    guard let token = RDSimulator.bearer(of: request) else { throw RDErrors.noToken }
    guard let name = RDLogin.account(of: token) else { throw RDErrors.invalidToken }
    account = rd.account(name)
    let (now, settings) = (now, settings)
    try account.state.withLock { state in
      switch state.login.check(token, now: now) {
      case .valid: break
      case .expired: throw RDErrors.expiredToken
      case .unknown: throw RDErrors.invalidToken
      }
      if let quota, settings.accountQuotas {
        try state.quotas.count(quota, max: settings.accountCallsPerMinute, now: now)
      }
    }
  }
}

extension RDSimulator {
  static func bearer(of request: Request) -> String? {
    guard let text = request.headers[.authorization], text.hasPrefix("Bearer ") else { return nil }
    return String(text.dropFirst("Bearer ".count))
  }

  /// `GET /marketing/account_info`, the cheap check of a token.
  func addAccountRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("marketing/account_info") { request, _ in
      let call = try RDCall(request, self)
      return Response.json(["name": .string("\(call.account.name).exemplo.com.br")])
    }
  }
}

extension SandboxContext {
  /// The contact that the path's `id` addresses.
  var contact: RDIdentifier { RDIdentifier(pathSegment: parameters.get("id") ?? "") }
}
