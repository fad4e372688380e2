import Belt
import BeltStorage
import CRMConformance
import EmbeddedCRM
import Leads
import Logging
import Postgres
import Samples
import Synchronization
import TestKit
import Testing

/// The CRM in our own database behind the port of all of them.
@Suite(.timeLimit(.minutes(2)))
struct EmbeddedCRMTests {
  /// It has no login, no quota and no list of its own, and an answer of its database is never lost without
  /// the transaction that it belongs to; nobody polls it.
  private static let foreign: Set<CRMPromise> = [
    .readsBack, .commitsLate, .loginDead, .loginDiesMidway, .quotaUsedUp, .optionGone,
    .leavesOthersDone, .isPolled, .notAsDocumented, .putsAgain,
    // Its users are those that the settings name, and its people are our own rows.
    .userLeft, .putsDeleted, .putsMerged,
  ]

  @Test(arguments: CRMPromise.allCases.filter { !foreign.contains($0) })
  func `the embedded CRM keeps the port's promises`(promise: CRMPromise) async throws {
    let bed = try await EmbeddedBed()
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await promise.check(bed)) } catch { outcome = .failure(error) }
    await bed.close()
    try outcome.get()
  }
}

private final class EmbeddedBed: CRMBed {
  private let pool: PostgresPool
  /// Where there is no server.
  private let away: PostgresPool
  private let isAway = Mutex(false)

  init() async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    pool = try await migratedPool(logger: logger)
    var nowhere = PostgresOptions(url: "postgresql://nobody@127.0.0.1:1/none", size: 1)
    nowhere.checkoutTimeout = .milliseconds(200)
    away = PostgresPool(nowhere, logger: logger)
    try await pool.run(
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1)
      """
    )
  }

  func close() async {
    await pool.shutdown()
    await away.shutdown()
  }

  var crm: any CRM {
    let isStruck = isAway.withLock { isAway in
      defer { isAway = false }
      return isAway
    }
    return EmbeddedCRM(pool: isStruck ? away : pool, integration: "acme")
  }

  var faults: Set<CRMFault> { [.away] }

  func strike(_: CRMFault, at _: CRMCall, after _: Int) { isAway.withLock { $0 = true } }

  func carryOutLate() {}

  func act(_ act: CRMAct, on record: CRMRecord) async throws -> [UInt8] {
    let action: SalesDesk.Action =
      switch act {
      case .win(let value): .win(value: value)
      case .lose(let reason): .lose(reason: reason)
      case .tag(let tags): .tag(tags)
      }
    let id = try #require(Identifier(record.id))
    let changed = try #require(try await SalesDesk(pool: pool).act(action, on: id, in: "acme"))
    return EmbeddedCRM.hook(ofOpportunity: changed.opportunity)
  }

  func addPerson(_ keys: [MatchKey]) async throws -> CRMRecord {
    let id = Identifier(derivedFrom: "person", keys[0].value)
    try await know([RecordDraft(.contact, id: id)])
    for key in keys {
      try await pool.run(
        """
        insert into identity (integration_id, kind, value, subject_id)
        values ('acme', \(key.kind.rawValue), \(key.value), \(id))
        """
      )
    }
    return CRMRecord(id: "\(id)")
  }

  func know(_ drafts: [RecordDraft]) async throws {
    for draft in drafts {
      try await pool.run(
        """
        insert into contact (integration_id, id, name) values ('acme', \(draft.id), \(draft.name))
        """
      )
    }
  }

  func removeOption(_: String, of _: FieldName) {}

  func removeUser(_: String) {}

  func delete(_: RecordKind, _ record: CRMRecord) async throws {
    try await pool.run(
      "delete from embedded_opportunity where integration_id = 'acme' and id = \(record.id)::uuid"
    )
  }

  func merge(_: CRMRecord, into _: CRMRecord) {}

  func count(of marker: Identifier) async throws -> Int {
    try await pool.run(
      """
      select count(*) from embedded_opportunity
      where integration_id = 'acme' and marker = \(marker)
      """
    )[0].int(0)
  }

  func contacts() async throws -> Int {
    try await pool.run("select count(*) from contact where integration_id = 'acme'")[0].int(0)
  }
}
