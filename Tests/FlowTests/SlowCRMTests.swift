import Belt
import BeltStorage
import CRMConformance
import Leads
import Logging
import Postgres
import Synchronization
import Testing

@testable import OpportunityCreator

/// A CRM that takes its time, or does not answer when it is asked what became of a call.
@Suite(.timeLimit(.minutes(2)))
struct SlowCRMTests {
  private func creator(
    _ belt: Belt,
    length: Duration = .seconds(20),
    pause: Pause = .real,
    _ watch: @escaping @Sendable (CRMCall, WatchedCRM.Moment) async throws(CRMError) -> Void = {
      (_, _) async throws(CRMError) in
    }
  ) -> any Handler {
    let office = belt.office
    let crms = CRMs([
      .rdStationCRM: {
        WatchedCRM(base: MemoryCRM(office, integration: $0.integration), watch: watch)
      }
    ])
    return StageRunner(
      OpportunityCreatorStage(crms: crms, pool: belt.pool, length: length, pause: pause),
      pool: belt.pool
    )
  }

  /// Waits for what another task is about to bring about.
  private func until(_ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !isSo() {
      try #require(ContinuousClock.now < deadline)
      await Task.yield()
    }
  }

  @Test(arguments: [CRMCall.put, .create])
  func `a call stays in hand for as long as it takes`(slow: CRMCall) async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      let begun = Mutex(false)
      let mayEnd = Mutex(false)
      let worker = creator(
        belt,
        pause: Pause { _ in
          try Task.checkCancellation()
          await Task.yield()
        }
      ) { (call, moment) async throws(CRMError) in
        guard call == slow, moment == .before else { return }
        begun.withLock { $0 = true }
        while !mayEnd.withLock({ $0 }) { await Task.yield() }
      }
      async let outcomes = worker.handle(messages)
      try await until { begun.withLock { $0 } }
      // As long as it takes by the database's clock.
      try await belt.pool.run("update effect set sent_at = sent_at - interval '1 minute'")
      try await until {
        try await belt.count(
          "select count(*) from effect where sent_at > now() - interval '9 seconds'"
        ) == 1
      }
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["in_other_hands"])
      mayEnd.withLock { $0 = true }
      guard case .done? = try await outcomes.first else {
        Issue.record("its own result does not count")
        return
      }
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
    }
  }

  /// Holds a worker at its first put of a record for as long as the body takes.
  private func whileItPuts(
    _ message: Message,
    _ belt: Belt,
    _ body: () async throws -> Void
  ) async throws {
    let begun = Mutex(false)
    let mayEnd = Mutex(false)
    let worker = creator(belt) { (call, moment) async throws(CRMError) in
      guard call == .put, moment == .before else { return }
      begun.withLock { $0 = true }
      while !mayEnd.withLock({ $0 }) { await Task.yield() }
    }
    async let outcomes = worker.handle([message])
    try await until { begun.withLock { $0 } }
    try await body()
    mayEnd.withLock { $0 = true }
    _ = try await outcomes
  }

  @Test func `a company is put by one worker at a time, and by the next when the first is gone`()
    async throws
  {
    try await withBelt { belt in
      // Of one company.
      let messages = try await belt.centralized(people: [1, 8])
      try await whileItPuts(messages[0], belt) {
        let waiting = try await belt.run([messages[1]]).waiting
        #expect(waiting.map(\.reason.code) == ["record_on_its_way"])
        #expect(try await belt.count("select count(*) from opportunity") == 1)
        // Nobody keeps it in hand any more.
        try await belt.pool.run("update effect set sent_at = sent_at - interval '1 minute'")
        #expect(try await belt.run([messages[1]]).waiting.isEmpty)
      }
      #expect(belt.office.count(of: RecordKind.company, in: "acme") == 1)
    }
  }

  enum Step: Sendable, CaseIterable { case recordsOnly, revise, resumed }

  /// Two events of one company that is still to be put; the second creates an opportunity.
  private func events(_ first: Step, _ belt: Belt) async throws -> [Message] {
    switch first {
    case .recordsOnly:
      return try await belt.centralized(people: [1, 8]) {
        $0.records.create = [.contact, .company]
      }
    case .resumed:
      let messages = try await belt.centralized(people: [1, 8])
      // Planned, and nothing put.
      _ = try await creator(belt, length: .zero).handle([messages[0]])
      return messages
    case .revise:
      try await belt.run(try await belt.centralized { $0.triggers[1].onRepeat = .reuseOpen })
      var webhooks = Webhooks(seed: 9)
      let imported = try await belt.follows(
        .leadImporter,
        [webhooks.conversion(1, identifier: "ebook", minute: 5), webhooks.conversion(8)]
      )
      let messages = try await belt.follows(.centralizer, imported)
      try await belt.pool.run("update company set crm_id = null, in_crm = false")
      return messages
    }
  }

  @Test(arguments: Step.allCases, [true, false])
  func `whatever a record is put for, one worker at a time puts it`(step: Step, isFirst: Bool)
    async throws
  {
    try await withBelt { belt in
      let events = try await events(step, belt)
      let messages = isFirst ? events : events.reversed()
      try await whileItPuts(messages[0], belt) {
        let waiting = try await belt.run([messages[1]]).waiting
        #expect(waiting.map(\.reason.code) == ["record_on_its_way"])
      }
      #expect(try await belt.run([messages[1]]).waiting.isEmpty)
      #expect(belt.office.count(of: RecordKind.company, in: "acme") == 1)
    }
  }

  @Test func `what another worker has put meanwhile is referred to, and not put anew`() async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      let known = belt.office.addPerson([MatchKey(.email, "outra@exemplo.com.br")], in: "acme")
      let id = try await belt.pool.run("select id from contact")[0].identifier("id")
      let keeper = PostgresPool(
        url: belt.databaseURL,
        size: 1,
        logger: Logger(label: "keeper") { _ in SwiftLogNoOpLogHandler() }
      )
      func waits(_ count: Int) async throws {
        try await until {
          try await belt.pool.run("select from pg_locks where not granted").count == count
        }
      }
      try await keeper.run("select pg_advisory_lock(79)")
      async let other: Void = belt.pool.transaction { connection in
        try connection.run([
          Lock.taking(["record:acme:\(id)"]), "select pg_advisory_xact_lock(79)",
          "update contact set crm_id = \(known.id)",
        ])
      }
      try await waits(1)
      let worker = creator(belt)
      async let outcomes = worker.handle(messages)
      try await waits(2)
      try await keeper.run("select pg_advisory_unlock(79)")
      try await other
      _ = try await outcomes
      let references = belt.office.references(of: try await belt.marker(), in: "acme")
      #expect(references.contains(known))
      await keeper.shutdown()
    }
  }

  @Test func `drafts that share a key are put one after another`() async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized(people: [1, 8])
      // Two companies of one name.
      let twin = Identifier(high: 1, low: 1)
      try await belt.pool.run([
        "insert into company (integration_id, id, name) values ('acme', \(twin), 'Outra')",
        "update conversion set company_id = \(twin) where id = \(try messages[1].body(as: LeadCentralized.self).event)",
      ])
      let counts = Mutex((begun: 0, now: 0, most: 0))
      let worker = creator(belt) { (call, moment) async throws(CRMError) in
        guard call == .put else { return }
        // The companies come first.
        counts.withLock { counts in
          if moment == .before { counts.begun += 1 }
          counts.now += moment == .before ? 1 : -1
          if counts.begun <= 2 { counts.most = max(counts.most, counts.now) }
        }
        for _ in 0..<200 { await Task.yield() }
      }
      _ = try await worker.handle(messages)
      #expect(counts.withLock { $0.begun } == 4)
      #expect(counts.withLock { $0.most } == 1)
    }
  }

  @Test func `what is not begun by the batch's end waits, and nothing of it is made`() async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized(people: Array(1...9))
      for outcome in try await creator(belt, length: .zero).handle(messages) {
        guard case .snooze(_, let reason) = outcome else {
          Issue.record("\(outcome)")
          continue
        }
        #expect(reason.code == "lease_over")
      }
      #expect(belt.office.count(of: RecordKind.contact, in: "acme") == 0)
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(
        try await belt.count("select count(*) from opportunity where crm_id is not null") == 9
      )
    }
  }

  @Test func `a few calls of one integration are under way at once, and never two for one record`()
    async throws
  {
    try await withBelt { belt in
      // Seven companies among nine people.
      let messages = try await belt.centralized(people: Array(1...9))
      let counts = Mutex((now: 0, most: 0))
      let puts = Mutex(0)
      let worker = creator(belt) { (call, moment) async throws(CRMError) in
        if call == .put, moment == .before { puts.withLock { $0 += 1 } }
        guard call == .create else { return }
        counts.withLock { counts in
          counts.now += moment == .before ? 1 : -1
          counts.most = max(counts.most, counts.now)
        }
        await Task.yield()
      }
      _ = try await worker.handle(messages)
      #expect(counts.withLock { $0.most } <= 4)
      #expect(puts.withLock { $0 } == 9 + 7)
      #expect(belt.office.count(of: RecordKind.company, in: "acme") == 7)
    }
  }

  @Test func `a look that fails counts neither as an attempt nor as a look`() async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.answerLost, in: "acme")
      try await belt.run(messages)
      for fault in [CRMFault.away, .quotaUsedUp, .notAsDocumented] {
        belt.office.strike(fault, at: .findMarkers, in: "acme")
        let outcome = try await belt.handler(.opportunityCreator).handle(messages).first
        guard case .snooze(_, let reason)? = outcome else {
          Issue.record("\(fault): \(String(describing: outcome))")
          continue
        }
        #expect(reason.code == "crm_read_back_failed")
      }
      #expect(try await belt.count("select reads from effect") == 0)
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
    }
  }

  @Test(arguments: [nil, "saiu@exemplo.com.br"])
  func `where only records are made, the owner is drawn once, however often it is tried`(
    whoLeft: String?
  ) async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized { $0.records.create = [.contact, .company] }
      try await belt.pool.run("update contact set owner = \(whoLeft)")
      var turns: Set<String> = []
      for fault in [CRMFault.away, .quotaUsedUp, nil] {
        if let fault { belt.office.strike(fault, at: .put, in: "acme") }
        let rest = try await belt.run(messages)
        #expect(rest.waiting.isEmpty == (fault == nil))
        turns.insert(
          try await belt.pool.run("select waiting::text || last from assignment_cursor")[0]
            .string(0)
        )
      }
      #expect(turns.count == 1)
      let owners = try await belt.pool.run("select owner from contact")
        .map { try $0.optionalString(0) }
      #expect(belt.office.owners(of: RecordKind.contact, in: "acme") == owners)
    }
  }
}
