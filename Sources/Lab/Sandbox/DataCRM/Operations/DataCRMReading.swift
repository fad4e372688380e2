internal import StrictJSON
private import Synchronization

extension DataCRMSimulator {
  func listTypes(_ call: DataCRMCall) -> JSON {
    let names = call.account.state.withLock { $0.modules.keys.sorted() }
    return ["types": .array((names + ["Users", "Groups"]).map(JSON.string)), "information": [:]]
  }

  func describe(_ call: DataCRMCall) throws(Refusal) -> JSON {
    let name = try call.needed("elementType")
    guard var module = call.account.state.withLock({ $0.modules[name] }) else {
      throw DataCRMErrors.unknownModule
    }
    module.fields = module.fields.map { field in
      var field = field
      if call.settings.dealNeedsClient, name == "Potentials", field.name == "related_to" {
        field.isRequired = true
      }
      if call.settings.readOnly.contains("\(name).\(field.name)") { field.isEditable = false }
      return field
    }
    return [
      "label": .string(name), "name": .string(name), "createable": true, "updateable": true,
      "deleteable": true, "retrieveable": true, "idPrefix": .string(String(module.prefix)),
      "isEntity": true, "allowDuplicates": .bool(call.settings.allowsDuplicates),
      "fields": .array(module.fields.map(\.json)),
    ]
  }

  func retrieve(_ call: DataCRMCall) throws(Refusal) -> JSON {
    let id = try call.needed("id")
    return try call.account.state.withLock { (state) throws(Refusal) in
      if let user = state.users.first(where: { $0.id == id }) {
        guard user.isActive else { throw DataCRMErrors.notFound }
        return DataCRMQuery.json(user)
      }
      let record = try state.record(id)
      guard let module = state.modules[record.module] else { throw DataCRMErrors.denied }
      return DataCRMRecord.json(id, record.values, module)
    }
  }

  func query(_ call: DataCRMCall) throws(Refusal) -> JSON {
    let query = try DataCRMQuery(try call.needed("query"))
    return try call.account.state.withLock { (state) throws(Refusal) in
      try query.result(in: state, shownAt: call.shownAt)
    }
  }
}

extension DataCRMAccount.State {
  /// - Throws: For a deleted record and for one that never was the same as for a forbidden one.
  func record(_ id: String) throws(Refusal) -> DataCRMRecord {
    let parts = id.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw DataCRMErrors.badID }
    if let record = records[id], !record.isDeleted { return record }
    let isElsewhere = records.contains { key, record in
      key.split(separator: "x").last == parts[1] && key != id && !record.isDeleted
    }
    throw isElsewhere ? DataCRMErrors.badID : DataCRMErrors.denied
  }
}
