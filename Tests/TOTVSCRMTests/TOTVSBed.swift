import Belt
import CRMConformance
import Leads
import StrictJSON
import Synchronization

@testable import Sandbox
@testable import TOTVSCRM

/// The adapter over a running simulator, under the suite that every CRM passes.
struct TOTVSBed: CRMBed {
  let running: RunningTenant

  var crm: any CRM { running.crm }

  func strike(_ fault: CRMFault, at call: CRMCall, after served: Int) async throws {
    // A session is begun before, as what a call does first counts as none; a dead login begins none.
    _ = try? await running.logins.pass(for: "acme")
    let route = Self.route(of: call)
    let strikes: [(route: String, kind: String)] =
      switch fault {
      // A 5xx would not say whether the call did something: so nothing is reached, from the first table on.
      case .away: [("* */api/*", #""kind":"status","status":503"#)]
      case .answerLost: [(route, #""kind":"drop_after_commit","times":1"#)]
      // As the caller sees it: done without an answer, and not shown until ``carryOutLate()``.
      case .commitLate:
        [
          (route, #""kind":"drop_after_commit","times":1"#),
          (Self.route(of: .read), #""kind":"search_lag","milliseconds":600000"#),
        ]
      case .quotaUsedUp: [(route, #""kind":"rate_limit_1","times":1"#)]
      case .notAsDocumented: [(route, #""kind":"status","status":200,"times":1"#)]
      case .loginDead:
        [
          (route, #""kind":"status","status":401"#),
          ("POST */api/login", #""kind":"status","status":401"#),
        ]
      }
    let faults = strikes.map { strike in
      let after = strike.route == route ? served : 0
      return "{\"route\":\"\(strike.route)\",\"after\":\(after),\(strike.kind)}"
    }
    try running.set(faults: "[\(faults.joined(separator: ","))]")
  }

  private static func route(of call: CRMCall) -> String {
    switch call {
    case .find: "GET *leads-integration/read"
    case .put: "POST *leads-integration/create"
    case .create: "POST *opportunities-integration/create"
    case .findMarkers, .read: "GET *opportunities-integration/read"
    case .revise, .attach, .setTags: "POST *opportunities-integration/update"
    case .poll: "GET *"
    }
  }

  func carryOutLate() async throws { try running.set(faults: "[]") }

  func act(_ act: CRMAct, on record: CRMRecord) async throws -> [UInt8] {
    let screen: ScreenAct =
      switch act {
      case .win(let value): .win(value: value)
      case .lose(let reason): .lose(reason: reason)
      case .tag(let tags): .fill(field: "tagsRD", value: .string(tags.joined(separator: ",")))
      }
    let change = try running.simulator.act(
      screen,
      on: record.id,
      of: .opportunities,
      in: running.tenant
    )
    guard let trigger = change.triggers.first else { return [] }
    let (event, workflow) = (
      "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    )
    return change.envelope(trigger, event: event, workflow: workflow, at: running.simulator.now())
      .encoded
  }

  func addPerson(_ keys: [MatchKey]) async throws -> CRMRecord {
    let email = keys.first { $0.kind == .email }?.value
    let lead = running.simulator.enterLead(nil, email: email, in: running.tenant)
    return CRMRecord(id: lead.record["id"]?.string ?? "")
  }

  func know(_: [RecordDraft]) {}

  func removeOption(_ option: String, of field: FieldName) async throws {
    _ = running.setUp("remove_option", [.string(field.name), .string(option)])
  }

  func removeUser(_ email: String) async throws { _ = running.setUp("remove_user", .string(email)) }

  func delete(_ kind: RecordKind, _ record: CRMRecord) async throws {
    let table: TenantTable = kind == .contact ? .leads : .opportunities
    try running.simulator.act(.delete, on: record.id, of: table, in: running.tenant)
  }

  func merge(_ record: CRMRecord, into other: CRMRecord) async throws {
    try running.simulator.act(
      .merge(into: other.id),
      on: record.id,
      of: .leads,
      in: running.tenant
    )
  }

  func count(of marker: Identifier) async throws -> Int {
    let externalID = TOTVSOpportunity.externalID(of: marker, in: "acme")
    return running.records(.opportunities).count { $0["externalId"]?.string == externalID }
  }

  func contacts() async throws -> Int { running.records(.leads).count }
}
