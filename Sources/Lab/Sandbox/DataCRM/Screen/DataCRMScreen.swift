internal import Hummingbird
internal import StrictJSON
private import Synchronization

/// What a person does on the screens of an account, without a session; not part of the web service.
///
/// Every body names its `account`.
extension DataCRMSimulator {
  /// `POST /datacrm/screen/deals/{act}` with `{account,id}` and what the act needs: `win` (`amount`), `lose`
  /// (`reason`), `reopen` and `move` (`stage`), `tag` (`tags`, and `field` where it is not the
  /// description), `rename` (`name`).
  ///
  /// Answers with what a “tarea automática” would send.
  func addScreenActRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("screen/deals/:act") { request, context in
      let body = try await request.json()
      let act = context.parameters.get("act") ?? ""
      guard let id = body["id"]?.string, let values = Self.values(of: act, body) else {
        throw Self.expected("account, id and what the act needs")
      }
      return try self.save(values, id, body, as: act)
    }
    group.post("screen/records/:act") { request, context in
      let body = try await request.json()
      switch context.parameters.get("act") {
      case "change":
        guard let id = body["id"]?.string else { throw Self.expected("account, id, values") }
        return try self.save(Self.texts(body["values"]), id, body, as: "change")
      case "add": return try self.add(body)
      case "delete": return try self.delete(body)
      case "merge": return try self.merge(body)
      default: throw Self.expected("change, add, delete or merge")
      }
    }
  }

  private static func values(of act: String, _ body: JSON) -> [String: String]? {
    switch act {
    case "win":
      return body["amount"]?.string.map { ["sales_stage": "Closed Won", "amount": $0] }
    case "lose":
      return body["reason"]?.string.map { ["sales_stage": "Closed Lost", "reason_loss": $0] }
    case "reopen", "move": return body["stage"]?.string.map { ["sales_stage": $0] }
    case "rename": return body["name"]?.string.map { ["potentialname": $0] }
    case "tag":
      let tags = body["tags"]?.array?.compactMap(\.string).joined(separator: ", ")
      let field = body["field"]?.string ?? "description"
      return tags.map { [field: field == "description" ? "Etiquetas: \($0)" : $0] }
    default: return nil
    }
  }

  private func save(_ values: [String: String], _ id: String, _ body: JSON, as act: String) throws
    -> Response
  {
    let account = try Self.account(body, self)
    let (settings, time) = (settings.withLock { $0 }, now())
    let record = try account.state.withLock { state throws(Refusal) in
      var record = try state.record(id)
      var changed = record.values
      for (name, text) in values {
        changed[name] =
          try state.modules[record.module]?.field(name)?.stored(text, settings) ?? text
      }
      changed["modifiedtime"] = time.dataCRM
      changed["modifiedby"] = "\(DataCRMModule.usersPrefix)x7"
      record.become(changed, at: time)
      state.records[id] = record
      return record
    }
    self.record(act, account: account, record: record, by: "screen")
    tell(of: record, in: account)
    return .json(["id": .string(id)])
  }

  static func account(_ body: JSON, _ dataCRM: DataCRMSimulator) throws(Refusal) -> DataCRMAccount {
    guard let name = body["account"]?.string else { throw expected("an account") }
    return dataCRM.account(name)
  }

  static func texts(_ json: JSON?) -> [String: String] {
    Dictionary((json?.members ?? []).map { ($0.key, $0.value.string ?? "") }) { _, last in last }
  }

  static func expected(_ what: String) -> Refusal {
    Refusal(status: .badRequest, body: ["message": .string("expected \(what)")])
  }
}
