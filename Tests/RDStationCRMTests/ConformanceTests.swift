import Belt
import CRMConformance
import Leads
import StrictJSON
import Synchronization
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// The port's promises over HTTP, by each version of the API.
@Suite(.timeLimit(.minutes(3)))
struct ConformanceTests {
  /// `createsTwice` is a promise of CRMs whose traits say `createsOnce`; this one makes each create anew.
  private static let foreign: Set<CRMPromise> = [.createsTwice]

  @Test(arguments: CRMPromise.allCases.filter { !foreign.contains($0) }, APIVersion.allCases)
  func `RD Station CRM keeps the port's promises`(promise: CRMPromise, version: APIVersion)
    async throws
  {
    try await withCRM { crm async throws in try await promise.check(RDCRMBed(crm, version)) }
  }
}

/// The adapter over the simulator, with the people who work in it.
private final class RDCRMBed: CRMBed {
  private let running: RunningCRM
  private let version: APIVersion
  private let bound: RDStationCRM
  private let isAway = Mutex(false)

  init(_ running: RunningCRM, _ version: APIVersion) {
    self.running = running
    self.version = version
    bound = running.crm(version)
  }

  var crm: any CRM {
    let isStruck = isAway.withLock { isAway in
      defer { isAway = false }
      return isAway
    }
    // Port 1 is nobody's.
    return isStruck ? running.crm(version, at: "http://127.0.0.1:1") : bound
  }

  func strike(_ fault: CRMFault, at call: CRMCall, after served: Int) async throws {
    let route = route(of: call)
    switch fault {
    case .away: isAway.withLock { $0 = true }
    case .answerLost: strike(route, "drop_after_commit", after: served)
    case .commitLate: strike(route, "drop_before", after: served)
    case .loginDead: try await killLogin(at: route, after: served)
    case .quotaUsedUp: strike(route, "rate_limit_1", after: served)
    case .notAsDocumented: strike(route, "status", status: 200, after: served)
    }
  }

  private func strike(_ route: String, _ kind: String, status: JSON = .null, after served: Int) {
    running.set(
      faults: [
        [
          "route": .string(route), "kind": .string(kind), "status": status, "times": 1,
          "after": .number(served),
        ]
      ]
    )
  }

  /// A token of v1 is made anew by its user.
  ///
  /// A login of v2 dies with its refresh token as well.
  private func killLogin(at route: String, after served: Int) async throws {
    strike(route, "expired_token", after: served)
    // Nothing revives it.
    guard version == .v2, running.read(\.login.refreshToken) != "revoked" else { return }
    // Whoever has the lists already has a token, and renews it when that is refused.
    _ = try await bound.catalogue()
    running.change { $0.login.refreshToken = "revoked" }
  }

  private func route(of call: CRMCall) -> String {
    switch (call, version) {
    case (.find, .v1): "GET */api/v1/contacts"
    case (.put, .v1): "POST */api/v1/contacts"
    case (.create, .v1): "POST */api/v1/deals"
    case (.findMarkers, .v1), (.poll, .v1): "GET */api/v1/deals"
    case (.revise, .v1), (.setTags, .v1): "PUT */api/v1/deals/*"
    case (.attach, .v1): "POST */api/v1/activities"
    case (.read, .v1): "GET */api/v1/deals/*"
    case (.find, .v2): "GET */crm/v2/contacts"
    case (.put, .v2): "POST */crm/v2/contacts"
    case (.create, .v2): "POST */crm/v2/deals"
    case (.findMarkers, .v2), (.poll, .v2): "GET */crm/v2/deals"
    case (.revise, .v2), (.setTags, .v2): "PUT */crm/v2/deals/*"
    case (.attach, .v2): "POST */crm/v2/deals/*/notes"
    case (.read, .v2): "GET */crm/v2/deals/*"
    }
  }

  /// The request that was held up on its way arrives after all.
  func carryOutLate() async throws {
    let draft = OpportunityDraft(
      marker: Identifier(derivedFrom: "conformance", "first"),
      title: "Ana Prado",
      contact: nil,
      company: nil,
      pipeline: "Vendas",
      stage: "Novo",
      owner: "bia@acme.com.br",
      rating: 3,
      tags: [],
      fields: [],
      history: []
    )
    _ = try await bound.create([draft])[0].get()
  }

  func act(_ act: CRMAct, on record: CRMRecord) async throws -> [UInt8] {
    let own: RDCRMAct =
      switch act {
      case .win(let value): .win(deal: record.id, value: value)
      case .lose(let reason): .lose(deal: record.id, reason: reason)
      case .tag(let tags): .tag(deal: record.id, tags: tags)
      }
    try running.simulator.perform(own, in: running.account)
    let deal = try #require(running.read { $0.deals[record.id] })
    return running.simulator.hook(.updated, of: deal, in: running.account).encoded
  }

  func addPerson(_ keys: [MatchKey]) async throws -> CRMRecord {
    let email = keys.first { $0.kind == .email }?.value
    let act = RDCRMAct.addContact(name: "Ana Prado", email: email, phone: nil)
    return CRMRecord(id: try running.simulator.perform(act, in: running.account))
  }

  func know(_: [RecordDraft]) {}

  func removeOption(_ option: String, of field: FieldName) async throws {
    let act = RDCRMAct.removeOption(option, field: field.name)
    try running.simulator.perform(act, in: running.account)
  }

  func removeUser(_ email: String) async throws {
    try running.simulator.perform(.deactivate(user: email), in: running.account)
  }

  func delete(_ kind: RecordKind, _ record: CRMRecord) async throws {
    let act: RDCRMAct =
      switch kind {
      case .contact: .deleteContact(record.id)
      case .company: .deleteOrganization(record.id)
      case .opportunity: .deleteDeal(record.id)
      }
    try running.simulator.perform(act, in: running.account)
  }

  func merge(_ record: CRMRecord, into other: CRMRecord) async throws {
    let act = RDCRMAct.mergeContacts(record.id, into: other.id)
    try running.simulator.perform(act, in: running.account)
  }

  func count(of marker: Identifier) async throws -> Int {
    let reference = DealReference(marker).text
    return running.read { books in books.deals.values.count { $0.name.contains(reference) } }
  }

  func contacts() async throws -> Int { running.read(\.contacts.count) }
}
