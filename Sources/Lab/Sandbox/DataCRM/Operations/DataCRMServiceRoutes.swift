internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
private import NIOCore
private import Synchronization

extension DataCRMSimulator {
  /// Operations by how they are asked for; any other is unknown.
  static let reading: Set<String> = [
    "getchallenge", "listtypes", "describe", "retrieve", "query", "sync",
  ]
  static let writing: Set<String> = [
    "login", "logout", "extendsession", "create", "update", "revise", "delete", "convertlead",
  ]

  /// `GET` and `POST /datacrm/{account}/webservice.php`.
  func addServiceRoutes(to group: RouterGroup<SandboxContext>) {
    group.get(":account/webservice.php") { request, context in
      try await self.serve(request, context)
    }
    group.post(":account/webservice.php") { request, context in
      try await self.serve(request, context)
    }
  }

  private func serve(_ request: Request, _ context: SandboxContext) async throws -> Response {
    var request = request
    let form = try await DataCRMForm(of: &request)
    let settings = settings.withLock { $0 }
    if settings.isBlocked { throw DataCRMErrors.blocked }
    let isKnown = form.isPost ? Self.writing : Self.reading
    // PHP 8 passes the parameters of `sync` by names that do not match.
    guard isKnown.contains(form.operation), form.operation != "sync",
      form.operation != "revise" || settings.hasRevise
    else { return .unknownOperation }
    let call = DataCRMCall(
      form: form,
      account: account(context.parameters.get("account") ?? ""),
      settings: settings,
      now: now(),
      shownAt: now().adding(milliseconds: -context.searchLag)
    )
    let answer: JSON = ["success": true, "result": try result(of: call)]
    let warning = "<br /><b>Warning</b>: Undefined array key in Groups.php on line 7<br />\n"
    let bytes = Array((settings.warns ? warning : "").utf8) + answer.encoded
    return Response(
      status: .ok,
      headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }

  private func result(of call: DataCRMCall) throws(Refusal) -> JSON {
    switch call.form.operation {
    case "getchallenge": return try challenge(call)
    case "login": return try login(call)
    case "extendsession": throw DataCRMErrors.noSession
    default: break
    }
    let user = try call.user()
    switch call.form.operation {
    case "logout":
      call.account.state.withLock { $0.sessions.end(call.form["sessionName"] ?? "") }
      return ["message": "successfull"]
    case "listtypes": return listTypes(call)
    case "describe": return try describe(call)
    case "retrieve": return try retrieve(call)
    case "query": return try query(call)
    case "create": return try create(call, by: user)
    case "update": return try change(call, by: user, isWhole: true)
    case "revise": return try change(call, by: user, isWhole: false)
    case "delete": return try delete(call)
    default: throw DataCRMErrors.refusal("OPERATION_NOT_SUPPORTED", "Operation not supported")
    }
  }

  private func challenge(_ call: DataCRMCall) throws(Refusal) -> JSON {
    guard let user = call.user(named: call.form["username"]) else {
      throw DataCRMErrors.unknownUser
    }
    let challenge = call.account.state.withLock {
      $0.sessions.challenge(of: user, now: call.now, call.settings)
    }
    return [
      "token": .string(challenge.token), "serverTime": .number(Int(call.now.milliseconds / 1000)),
      "expireTime": .number(Int(challenge.end.milliseconds / 1000)),
    ]
  }

  private func login(_ call: DataCRMCall) throws(Refusal) -> JSON {
    guard let user = call.user(named: call.form["username"]) else {
      throw DataCRMErrors.badCredentials
    }
    let name = try call.account.state.withLock { (state) throws(Refusal) in
      try state.sessions.login(
        user,
        accessKey: call.form["accessKey"] ?? "",
        now: call.now,
        call.settings
      )
    }
    return [
      "sessionName": .string(name), "userId": .string(user.id), "version": "0.22",
      "vtigerVersion": "6.5.0", "username": .string(user.name), "email": .string(user.email),
    ]
  }
}

/// One call, before its session is known.
struct DataCRMCall: Sendable {
  let form: DataCRMForm
  let account: DataCRMAccount
  let settings: DataCRMSettings
  let now: Timestamp
  /// What lists show is as it was then.
  let shownAt: Timestamp

  func user(named name: String?) -> DataCRMAccount.User? {
    account.state.withLock { $0.users.first { $0.name == name } }
  }

  /// Whose session it is.
  func user() throws(Refusal) -> DataCRMAccount.User {
    try account.state.withLock { (state) throws(Refusal) in
      if form.operation == "create", let left = state.createsBeforeLockout {
        if left == 0 { state.lockOut() } else { state.createsBeforeLockout = left - 1 }
      }
      let number = try state.sessions.user(of: form["sessionName"], now: now, settings)
      guard let user = state.users.first(where: { $0.number == number && $0.isActive }) else {
        throw DataCRMErrors.badSession
      }
      return user
    }
  }

  /// The parameter, which must be there.
  func needed(_ name: String) throws(Refusal) -> String {
    guard let value = form[name] else { throw DataCRMErrors.missing(name) }
    return value
  }

  /// The object in `element`, its values as texts.
  func element() throws(Refusal) -> [String: String] {
    let text = try needed("element")
    do {
      let members = try JSON(parsing: Array(text.utf8)).members ?? []
      let values = members.map { ($0.key, $0.value.string ?? $0.value.digits ?? "") }
      return Dictionary(values) { _, last in last }
    } catch {
      throw DataCRMErrors.missing("element")
    }
  }
}

extension JSON {
  fileprivate var digits: String? {
    guard case .number(let text) = self else { return bool.map { $0 ? "1" : "0" } }
    return text
  }
}

extension Timestamp {
  /// Such as `2026-11-30 12:00:00`, in universal time.
  var dataCRM: String { String(utc.dropLast()).replacing("T", with: " ") }
}
