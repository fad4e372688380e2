internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// A call that came with a token that works.
struct RDCRMCall {
  let crm: RDCRMSimulator
  let account: RDCRMAccount
  let user: RDCRMUser
  let settings: RDCRMSettings
  let now: Timestamp
  /// Lists show nothing that was made later.
  let shownUntil: Timestamp

  /// v1: a user's token in the query; a header is ignored.
  init(_ request: Request, _ context: SandboxContext, _ crm: RDCRMSimulator) throws {
    guard let token = request.query("token") else { throw RDCRMErrors.denied }
    if token.hasPrefix(RDCRMUser.firstToken) {
      _ = crm.account(String(token.dropFirst(RDCRMUser.firstToken.count)))
    }
    guard
      let (account, user) = crm.first({ books in books.users.first { $0.token == token } })
    else { throw RDCRMErrors.denied }
    try self.init(account, user, context, crm)
  }

  /// v2: a bearer's token, of the account; it acts as the account's first user.
  init(v2 request: Request, _ context: SandboxContext, _ crm: RDCRMSimulator) throws {
    let now = crm.now()
    guard let token = RDSimulator.bearer(of: request),
      let (account, user) = crm.first({ books in
        books.login.isValid(token, now: now) ? books.users.first : nil
      })
    else { throw RDCRMErrors.detail(.unauthorized, "invalid_token") }
    try self.init(account, user, context, crm)
  }

  private init(
    _ account: RDCRMAccount,
    _ user: RDCRMUser,
    _ context: SandboxContext,
    _ crm: RDCRMSimulator
  ) throws {
    self.crm = crm
    self.account = account
    self.user = user
    settings = crm.settings.withLock { $0 }
    now = crm.now()
    shownUntil = now.adding(milliseconds: -context.searchLag)
    let limit = settings.number("calls_per_minute")
    guard limit > 0 else { return }
    let (at, settings) = (now, settings)
    let left = account.books.withLock { $0.calls.count(max: limit, seconds: 60, now: at) }
    if let left { throw RDCRMErrors.limited(seconds: left, settings) }
  }

  func read<Answer>(_ look: (RDCRMBooks) throws -> Answer) rethrows -> Answer {
    try account.books.withLock { try look($0) }
  }

  /// All or nothing: what is refused leaves the books as they were.
  func write<Answer>(_ change: (inout RDCRMBooks) throws -> Answer) throws -> Answer {
    try account.books.withLock { books in
      var changed = books
      let answer = try change(&changed)
      books = changed
      return answer
    }
  }

  /// What a list shows of so many items, and what stands beside it.
  func page(
    _ items: [JSON],
    _ request: Request,
    as name: String,
    max: Int = 200,
    at number: Int? = nil
  ) -> JSON {
    let limit = min(max, Swift.max(1, request.query("limit").flatMap { Int($0) } ?? min(20, max)))
    let page = Swift.max(1, number ?? request.query("page").flatMap { Int($0) } ?? 1)
    let reachable = items.prefix(settings.number("records_reachable"))
    let start = (page - 1) * limit
    let shown = start < reachable.count ? Array(reachable.dropFirst(start).prefix(limit)) : []
    return .object(
      JSON.Members([
        .init(key: name, value: .array(shown)),
        .init(key: "has_more", value: .bool(start + limit < reachable.count)),
        .init(key: "total", value: .number(items.count)),
      ])
    )
  }
}

extension RDCRMSimulator {
  /// `GET /token/check`, the cheapest check of a credential.
  func addTokenCheck(to group: RouterGroup<SandboxContext>) {
    group.get("token/check") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json([
        "email": .string(call.user.email), "name": .string(call.user.name),
        "organization": .string(call.account.name),
      ])
    }
  }

  /// The token of the request works no more.
  func endToken(of request: Request) {
    if let bearer = RDSimulator.bearer(of: request) {
      _ = first { books in books.login.expire(bearer) ? true : nil }
    }
    guard let token = request.query("token") else { return }
    _ = first { books -> Bool? in
      guard let index = books.users.firstIndex(where: { $0.token == token }) else { return nil }
      books.users[index].token = books.newID()
      return true
    }
  }
}

extension JSON {
  /// The members that a body may have; any other is a parameter that nobody expected.
  func onlyMembers(_ known: Set<String>) throws {
    guard let members else { throw RDCRMPage() }
    guard members.allSatisfy({ known.contains($0.key) }) else { throw RDCRMPage() }
  }

  /// A text of at least two characters; nil when the member is missing or null.
  func text(_ name: String) throws -> String? {
    switch self[name] {
    case nil, .null?: return nil
    case .string(let text)?:
      guard text.count != 1 else {
        throw RDCRMErrors.field(name, "está muito curto, use no mínimo 2 caracteres.")
      }
      return text.isEmpty ? nil : text
    default: throw RDCRMErrors.mustBeString(name)
    }
  }

  /// The record that `{"_id"}` or `{"id"}` names.
  var reference: String? { self["_id"]?.string ?? self["id"]?.string }
}
