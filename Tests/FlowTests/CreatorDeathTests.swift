import Belt
import BeltStorage
import CRMConformance
import Leads
import Logging
import Postgres
import Synchronization
import Testing

@testable import OpportunityCreator

/// A creator that dies between what an outside CRM did and its own commit; the CRM's books are counted.
@Suite(.timeLimit(.minutes(2)))
struct CreatorDeathTests {
  struct Place: Sendable, CustomTestStringConvertible {
    let call: CRMCall
    /// Calls of this name before it.
    let after: Int
    /// Whether the CRM has carried it out.
    let isCarriedOut: Bool

    var testDescription: String {
      "\(isCarriedOut ? "after" : "before") \(call) \(after + 1) was carried out"
    }
  }

  private static let places = [
    Place(call: .put, after: 0, isCarriedOut: false),
    Place(call: .put, after: 0, isCarriedOut: true),
    Place(call: .put, after: 1, isCarriedOut: false),
    Place(call: .put, after: 1, isCarriedOut: true),
    Place(call: .create, after: 0, isCarriedOut: true),
    Place(call: .attach, after: 0, isCarriedOut: false),
    Place(call: .attach, after: 0, isCarriedOut: true),
  ]

  /// Handles messages until it dies at a place: its connections are gone, and so is the CRM for it.
  private func die(at place: Place, _ messages: [Message], _ belt: Belt) async throws {
    let pool = PostgresPool(
      url: belt.databaseURL,
      size: 4,
      logger: Logger(label: "belt") { _ in SwiftLogNoOpLogHandler() }
    )
    let calls = Mutex(0)
    let isDead = Mutex(false)
    let death = CRMError(.unavailable, Reason("dead", "The creator is dead."))
    let office = belt.office
    let crms = CRMs([
      .rdStationCRM: { settings in
        WatchedCRM(base: MemoryCRM(office, integration: settings.integration)) {
          (call, moment) async throws(CRMError) in
          if isDead.withLock({ $0 }) { throw death }
          guard call == place.call, (moment == .after) == place.isCarriedOut else { return }
          let number = calls.withLock { calls in
            calls += 1
            return calls
          }
          guard number == place.after + 1 else { return }
          isDead.withLock { $0 = true }
          await pool.shutdown()
          throw death
        }
      }
    ])
    let creator = StageRunner(
      OpportunityCreatorStage(crms: crms, pool: pool),
      pool: pool,
      pause: Pause { _ in throw CancellationError() }
    )
    await #expect(throws: (any Error).self) { try await creator.handle(messages) }
    #expect(isDead.withLock { $0 })
    try await belt.pool.run("update effect set sent_at = sent_at - interval '1 minute'")
  }

  private func rotation(_ belt: Belt) async throws -> [String?] {
    try await belt.pool.run("select waiting::text || last from assignment_cursor order by name")
      .map { try $0.optionalString(0) }
  }

  @Test(arguments: places)
  func `what it has made is found by the next one, for the same owner, and nothing is made twice`(
    place: Place
  ) async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      try await die(at: place, messages, belt)
      let drawn = try await belt.pool.run("select owner from opportunity")[0].string(0)
      let turned = try await rotation(belt)
      let rest = try await belt.run(messages, deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let marker = try await belt.marker()
      #expect(belt.office.count(of: marker, in: "acme") == 1)
      #expect(belt.office.owners(of: marker, in: "acme") == [drawn])
      for kind in [RecordKind.contact, .company] {
        #expect(belt.office.owners(of: kind, in: "acme") == [drawn], "\(kind)")
      }
      #expect(try await rotation(belt) == turned)
      #expect(
        try await belt.count("select count(*) from opportunity where crm_id is not null") == 1
      )
      #expect(
        try await belt.count(
          """
          select count(*) from effect where kind = 'crm.opportunity.create' and state = 'confirmed'
          """
        ) == 1
      )
    }
  }

  @Test func `a create of which nobody knows is looked for and not made again`() async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      try await die(at: Place(call: .create, after: 0, isCarriedOut: false), messages, belt)
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["crm_outcome_unknown"])
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 0)
    }
  }

  @Test func `another lead of a company whose creator died gets the owner that was drawn for it`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized(people: [1, 8])
      try await die(at: Place(call: .put, after: 0, isCarriedOut: false), [messages[0]], belt)
      let drawn = try await belt.pool.run("select owner from opportunity")[0].string(0)
      try await belt.run([messages[1]])
      #expect(belt.office.owners(of: RecordKind.company, in: "acme") == [drawn])
      try await belt.run(messages)
      #expect(belt.office.owners(of: RecordKind.company, in: "acme") == [drawn])
    }
  }
}
