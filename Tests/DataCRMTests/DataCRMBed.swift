import Belt
import CRMConformance
import DataCRM
import Leads
import StrictJSON
import Synchronization

@testable import Sandbox

/// The adapter over the simulator, under the suite that every CRM passes.
final class DataCRMBed: CRMBed {
  /// How long a late create is late: long enough to look for it before.
  private static let lateness = 2000

  private let running: RunningDataCRM
  private let isAway = Mutex(false)

  /// A customer's account, with the fields, the stage and the text area for tags that the suite names.
  init(_ running: RunningDataCRM) async throws {
    var running = running
    running.places.tags = "cf_1301"
    self.running = running
    let fields: [JSON] = [
      [
        "module": "Potentials", "name": "cf_1299", "label": "segmento", "type": "picklist",
        "options": ["Varejo", "Atacado"],
      ], ["module": "Potentials", "name": "cf_1300", "label": "origem"],
      ["module": "Potentials", "name": "cf_1301", "label": "Etiquetas", "type": "text"],
    ]
    for field in fields { try await running.post("studio/fields", field) }
    try await running.post(
      "studio/options",
      ["module": "Potentials", "field": "sales_stage", "option": "Novo"]
    )
  }

  var crm: any CRM {
    let isAway = isAway.withLock { isAway in
      defer { isAway = false }
      return isAway
    }
    // Nobody listens at the port of `discard`.
    guard isAway else { return running.crm }
    return running.crm(
      at: "http://127.0.0.1:9",
      memory: DataCRMMemory(),
      timeout: .milliseconds(200)
    )
  }

  func strike(_ fault: CRMFault, at call: CRMCall, after served: Int) async throws {
    let route = call.route
    switch fault {
    case .away: isAway.withLock { $0 = true }
    case .answerLost: try set("drop_after_commit", at: route)
    case .commitLate: try set("late_commit", at: route, "\"milliseconds\":\(Self.lateness),")
    case .quotaUsedUp: try set("rate_limit_1", at: route)
    case .notAsDocumented: try set("status", at: route, #""status":200,"#)
    case .loginDead:
      let served: JSON = call == .create ? ["after_creates": .number(served)] : [:]
      try await running.post("studio/lockout", served)
    }
  }

  private func set(_ kind: String, at route: String, _ more: String = "") throws {
    try running.set(
      faults: #"[{"route":"\#(route)","kind":"\#(kind)",\#(more)"times":1}]"#
    )
  }

  func carryOutLate() async throws {
    // Each look takes the simulator a moment.
    try running.set(faults: #"[{"route":"GET *","kind":"latency","milliseconds":20}]"#)
    for _ in 0..<1000 {
      if try running.effects().contains(where: { $0.hasPrefix("create ") }) { return }
      _ = try await running.crm.catalogue()
    }
  }

  func act(_ act: CRMAct, on record: CRMRecord) async throws -> [UInt8] {
    let id = JSON.string(record.id)
    switch act {
    case .win(let value):
      try await running.post("screen/deals/win", ["id": id, "amount": .string(value)])
    case .lose(let reason):
      try await running.post("screen/deals/lose", ["id": id, "reason": .string(reason)])
    case .tag(let tags):
      try await running.post(
        "screen/deals/tag",
        ["id": id, "field": "cf_1301", "tags": .array(tags.map(JSON.string))]
      )
    }
    return (["id": id] as JSON).encoded
  }

  func addPerson(_ keys: [MatchKey]) async throws -> CRMRecord {
    var values = JSON.Members()
    values["lastname"] = "Ana"
    for key in keys {
      switch key.kind {
      case .email: values["email"] = .string(key.value)
      case .mobile: values["mobile"] = .string(key.value)
      case .rdUUID: values["rdstationid"] = .string(key.value)
      default: continue
      }
    }
    let made = try await running.post(
      "screen/records/add",
      ["module": "Contacts", "values": .object(values)]
    )
    return CRMRecord(id: made["id"]?.string ?? "")
  }

  func know(_: [RecordDraft]) {}

  func removeOption(_ option: String, of field: FieldName) async throws {
    let name = field.name == "segmento" ? "cf_1299" : field.name
    try await running.post(
      "studio/options",
      [
        "module": "Potentials", "field": .string(name), "option": .string(option), "removed": true,
      ]
    )
  }

  func removeUser(_ email: String) async throws {
    let name = String(email.prefix { $0 != "@" })
    try await running.post("studio/users", ["user": .string(name), "active": false])
  }

  func delete(_: RecordKind, _ record: CRMRecord) async throws {
    try await running.post("screen/records/delete", ["id": .string(record.id)])
  }

  func merge(_ record: CRMRecord, into other: CRMRecord) async throws {
    try await running.post(
      "screen/records/merge",
      ["id": .string(record.id), "into": .string(other.id)]
    )
  }

  func count(of marker: Identifier) -> Int {
    running.records(of: "Potentials").count { $0["rdstationid"] == "\(marker)" }
  }

  func contacts() -> Int { running.records(of: "Contacts").count }
}

extension CRMCall {
  /// The operation that does it, after those that find the way.
  fileprivate var route: String {
    switch self {
    case .find, .findMarkers, .read, .poll: "GET *webservice.php?operation=query"
    case .put, .create: "POST *webservice.php?operation=create"
    case .revise, .attach, .setTags: "POST *webservice.php?operation=revise"
    }
  }
}
