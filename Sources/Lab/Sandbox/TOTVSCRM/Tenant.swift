internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One customer of TOTVS CRM and everything in it.
final class Tenant: Sendable {
  let name: String
  let state: Mutex<TenantState>

  init(name: String, at time: Timestamp) {
    self.name = name
    state = Mutex(TenantState(name: name, at: time))
  }
}

struct TenantState: Sendable {
  var login: TenantLogin
  var workflows: [TenantWorkflow] = []
  /// Ids of this tenant; seeded by its name and the time, so that those of a sandbox that was started anew
  /// are others.
  var generator: SeededGenerator
  private(set) var records: [TenantTable: [TenantRecord]] = [:]
  private var codes: [TenantTable: Int] = [:]

  init(name: String, at time: Timestamp) {
    login = TenantLogin(tenant: name)
    let seed = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    generator = SeededGenerator(seed: seed ^ UInt64(bitPattern: time.milliseconds))
    setUpStandard(name, at: time)
  }

  subscript(table: TenantTable, id: String) -> TenantRecord? {
    records[table]?.first { $0.id == id }
  }

  @discardableResult
  mutating func insert(
    _ members: JSON.Members,
    into table: TenantTable,
    id: String? = nil,
    at time: Timestamp
  ) -> TenantRecord {
    codes[table, default: 0] += 1
    var members = members
    let id = id ?? generator.uuid()
    members["id"] = .string(id)
    if members["code"] == nil { members["code"] = .number(codes[table, default: 0]) }
    members["version"] = 1
    let record = TenantRecord(id: id, createdAt: time, members: members)
    records[table, default: []].append(record)
    return record
  }

  /// Changes a record; one that stays as it was keeps its version, and nothing tells of it.
  mutating func update(
    _ table: TenantTable,
    _ id: String,
    _ change: (inout JSON.Members) -> Void
  ) -> TenantChange? {
    guard let place = records[table]?.firstIndex(where: { $0.id == id }),
      let before = records[table]?[place]
    else { return nil }
    var record = before
    change(&record.members)
    let names =
      record.members.list.filter { before.members[$0.key] != $0.value }.map(\.key)
      + before.members.list.filter { record.members[$0.key] == nil }.map(\.key)
    guard !names.isEmpty else {
      return TenantChange(table: table, record: before.json, names: [], formerStatus: nil)
    }
    record.members["version"] = .number((before.members["version"]?.int ?? 0) + 1)
    records[table]?[place] = record
    return TenantChange(
      table: table,
      record: record.json,
      names: names,
      formerStatus: before.members["status"]?.string
    )
  }

  mutating func remove(_ table: TenantTable, where isMeant: (TenantRecord) -> Bool) {
    records[table]?.removeAll(where: isMeant)
  }

  mutating func hide(_ table: TenantTable, _ id: String, _ isHidden: Bool) {
    guard let place = records[table]?.firstIndex(where: { $0.id == id }) else { return }
    records[table]?[place].isHidden = isHidden
  }
}

struct TenantRecord: Sendable {
  let id: String
  let createdAt: Timestamp
  var members: JSON.Members
  /// From the integration's user: her access group does not see it.
  var isHidden = false

  var json: JSON { .object(members) }
}

/// What became of a record; without names nothing changed.
struct TenantChange: Sendable {
  let table: TenantTable
  let record: JSON
  var names: [String]
  var formerStatus: String?
  var isNew = false
}
