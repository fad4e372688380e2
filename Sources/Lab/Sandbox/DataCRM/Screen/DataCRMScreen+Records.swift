internal import Hummingbird
internal import StrictJSON
private import Synchronization

extension DataCRMSimulator {
  /// `POST /datacrm/screen/tasks` and `GET /datacrm/screen/records?account=&module=`.
  ///
  /// A task takes `{account,module,url,form}`: a “tarea automática” calls that address after each save, with
  /// a body of the form `form` or `json`.
  func addScreenRecordRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("screen/tasks") { request, _ in
      let body = try await request.json()
      guard let module = body["module"]?.string, let url = body["url"]?.string,
        let form = DataCRMAccount.Task.Form(rawValue: body["form"]?.string ?? "form")
      else { throw Self.expected("account, module, url") }
      let task = DataCRMAccount.Task(module: module, url: url, form: form)
      try Self.account(body, self).state.withLock { $0.tasks.append(task) }
      return Response(status: .created)
    }
    group.get("screen/records") { request, _ in
      let module = request.query("module") ?? ""
      let account = self.account(request.query("account") ?? "")
      let rows = account.state.withLock { state in
        state.records(of: module).sorted { $0.id < $1.id }.compactMap { record in
          state.modules[module].map { DataCRMRecord.json(record.id, record.values, $0) }
        }
      }
      return Response.json(.array(rows))
    }
  }

  func add(_ body: JSON) throws -> Response {
    guard let name = body["module"]?.string else { throw Self.expected("account, module, values") }
    let account = try Self.account(body, self)
    let (settings, time) = (settings.withLock { $0 }, now())
    let record = try account.state.withLock { state throws(Refusal) in
      guard let module = state.modules[name] else { throw DataCRMErrors.unknownModule }
      var values: [String: String] = ["assigned_user_id": "\(DataCRMModule.usersPrefix)x7"]
      for (field, text) in Self.texts(body["values"]) {
        values[field] = try module.field(field)?.stored(text, settings) ?? text
      }
      return state.add(values, to: module, by: "\(DataCRMModule.usersPrefix)x7", at: time)
    }
    self.record("add", account: account, record: record, by: "screen")
    tell(of: record, in: account)
    return .json(["id": .string(record.id)])
  }

  func delete(_ body: JSON) throws -> Response {
    guard let id = body["id"]?.string else { throw Self.expected("account, id") }
    let account = try Self.account(body, self)
    let time = now()
    let record = try account.state.withLock { state throws(Refusal) in
      var record = try state.record(id)
      record.delete(at: time)
      state.records[id] = record
      return record
    }
    self.record("delete", account: account, record: record, by: "screen")
    tell(of: record, in: account)
    return .json(["id": .string(id)])
  }

  /// `{account,id,into}`: `id` is deleted, what it had and the other lacks goes over, and so do the
  /// references to it.
  func merge(_ body: JSON) throws -> Response {
    guard let id = body["id"]?.string, let into = body["into"]?.string else {
      throw Self.expected("account, id, into")
    }
    let account = try Self.account(body, self)
    let time = now()
    let kept = try account.state.withLock { state throws(Refusal) in
      var gone = try state.record(id)
      var kept = try state.record(into)
      var values = kept.values.merging(gone.values) { own, other in own.isEmpty ? other : own }
      // The address that the kept one does not have stays as its second one.
      if values["secondaryemail"]?.isEmpty != false, gone["email"] != values["email"] {
        values["secondaryemail"] = gone["email"]
      }
      values["modifiedtime"] = time.dataCRM
      kept.become(values, at: time)
      gone.delete(at: time)
      state.records[id] = gone
      state.records[into] = kept
      for (key, var record) in state.records where record.values.values.contains(id) {
        record.become(record.values.mapValues { $0 == id ? into : $0 }, at: time)
        state.records[key] = record
      }
      return kept
    }
    self.record("merge", account: account, record: kept, by: "screen")
    tell(of: kept, in: account)
    return .json(["id": .string(into)])
  }

  /// After a save, by whomever: the account's automatic tasks of that module.
  ///
  /// Assumed: one attempt, with nothing but the id. The sending side was not seen.
  func tell(of record: DataCRMRecord, in account: DataCRMAccount) {
    let tasks = account.state.withLock { $0.tasks.filter { $0.module == record.module } }
    for task in tasks {
      let body =
        task.form == .json
        ? (["id": .string(record.id)] as JSON).encoded : Array("id=\(record.id)".utf8)
      work.start { [poster] in
        _ = await poster.deliver(to: task.url, policy: .init(retries: 0)) { _ in body }
      }
    }
  }
}
