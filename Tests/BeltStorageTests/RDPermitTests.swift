import OutsideCalls
import AsyncHTTPClient
import Hummingbird
import BeltStorage
import Logging
import Postgres
import RDStation
import Samples
import Synchronization
import TestKit
import Testing
import Belt

/// The quota and the breaker that the fleet shares; each `QuotaPermits` stands for a process.
@Suite(.timeLimit(.minutes(1)))
struct RDPermitTests {
  /// A process that never waits for a permit.
  private func process(_ pool: PostgresPool, callsPerMinute: Int = 120) -> QuotaPermits {
    QuotaPermits(
      pool: pool,
      pause: Pause { _ in throw CancellationError() },
      bucket: RDQuotas(callsPerMinute: callsPerMinute).bucket
    )
  }

  private func refusal(
    _ permits: QuotaPermits,
    _ api: Quota = .events,
    of integration: String = "acme"
  ) async -> NoPermit? {
    do throws(NoPermit) {
      _ = try await permits.permit(api, of: integration)
      return nil
    } catch {
      return error
    }
  }

  @Test func `processes together make no more calls than the account may`() async throws {
    let pool = try await migratedPool()
    let fleet = (0..<4).map { _ in process(pool) }
    let start = ContinuousClock.now
    let calls = await withTaskGroup(of: Int.self) { group in
      for permits in fleet {
        group.addTask {
          var calls = 0
          for _ in 0..<40 where await refusal(permits) == nil { calls += 1 }
          return calls
        }
      }
      return await group.reduce(0, +)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    // Ten saved, and 1.8 a second: at most 118 in a minute.
    #expect(calls >= 10)
    #expect(Double(calls) <= 10 + 1.8 * seconds + 1)
    let error = try #require(await refusal(fleet[0]))
    guard case .limited(let wait, false) = error.cause else {
      Issue.record("refused as \(error)")
      return
    }
    #expect(wait > .zero && wait <= .seconds(1))
    #expect(await refusal(fleet[0], .contacts) == nil, "each API has a quota of its own")
    #expect(await refusal(fleet[0], of: "beta") == nil, "and each integration")
    await pool.shutdown()
  }

  @Test(arguments: [1, 120, 500, 1_000_000], [Quota.contacts, .events, .funnels])
  func `no minute lets more through than the plan grants`(callsPerMinute: Int, api: Quota) {
    let bucket = RDQuotas(callsPerMinute: callsPerMinute).bucket(of: api)
    let most = bucket.burst + 60 * bucket.perSecond
    let limit = api == .funnels ? max(694, callsPerMinute) : max(2, callsPerMinute)
    #expect(most <= Double(limit))
    #expect(bucket.burst >= 1, "else there would never be a call")
  }

  @Test func `a question on its way does not undo what an answer has told meanwhile`() async throws
  {
    let url = try await PrivatePostgres.freshDatabase()
    let logger = Logger(label: "test")
    let pool = PostgresPool(url: url, size: 6, logger: logger)
    let keeper = PostgresPool(url: url, size: 1, logger: logger)
    try await Migrator(pool: pool).migrate()
    func waits(_ count: Int) async throws {
      while try await pool.run("select from pg_locks where not granted").count < count {
        await Task.yield()
      }
    }
    let permits = process(pool)
    // All that the first question brought.
    for _ in 0..<3 { #expect(await refusal(permits) == nil) }
    let permit = try await permits.permit(.events, of: "acme")
    try await keeper.run("select pg_advisory_lock(79)")
    async let held: Void = pool.transaction { connection in
      try connection.run(["select from quota for update", "select pg_advisory_xact_lock(79)"])
    }
    try await waits(1)
    async let asked = refusal(permits)
    try await waits(2)
    async let told: Void = permits.ended(permit, .limited(.seconds(60)))
    try await waits(3)
    try await keeper.run("select pg_advisory_unlock(79)")
    try await held
    await told
    #expect(await asked == nil, "it was asked before")
    #expect(await refusal(permits) != nil)
    await pool.shutdown()
    await keeper.shutdown()
  }

  @Test func `a permit that will be there in a moment is waited for`() async throws {
    let pool = try await migratedPool()
    let waits = Mutex<[Duration]>([])
    let permits = QuotaPermits(
      pool: pool,
      pause: Pause { wait in waits.withLock { $0.append(wait) } },
      bucket: RDQuotas().bucket
    )
    while waits.withLock({ $0.isEmpty }) {
      do throws(NoPermit) {
        _ = try await permits.permit(.events, of: "acme")
      } catch {
        break
      }
    }
    let all = waits.withLock { $0 }
    #expect(!all.isEmpty)
    #expect(all.reduce(.zero, +) <= .milliseconds(600), "the pause is bounded in all")
    await pool.shutdown()
  }

  @Test func `a healthy API costs one question for several calls`() async throws {
    let pool = try await migratedPool()
    let permits = process(pool)
    for _ in 0..<4 {
      let permit = try await permits.permit(.events, of: "acme")
      await permits.ended(permit, .answered)
    }
    let left = try await pool.run("select tokens from quota where api = 'events'")[0].double(0)
    #expect(left == 6, "one block of four was taken at once")
    #expect(try await pool.run("select 1 from breaker").isEmpty)
    await pool.shutdown()
  }

  @Test func `calls beside each other cost one question together, and none gets too many`()
    async throws
  {
    let pool = try await migratedPool()
    try await pool.run([
      "create table question (granted int)",
      """
      create function note() returns trigger language plpgsql as $$ begin
        insert into question values (new.granted);
        return null;
      end $$
      """,
      "create trigger note after insert or update on quota for each row execute function note()",
    ])
    let permits = process(pool, callsPerMinute: 600)
    let granted = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<60 { group.addTask { await refusal(permits) == nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    // Fifty are saved, and nine come back in a second.
    #expect((50...59).contains(granted))
    #expect(try await pool.run("select count(*) from question")[0].int(0) <= 4)
    await pool.shutdown()
  }

  @Test func `a permit that was not used serves the next call`() async throws {
    let pool = try await migratedPool()
    let permits = process(pool)
    var permit = try await permits.permit(.events, of: "acme")
    for _ in 0..<8 {
      await permits.ended(permit, .unused)
      permit = try await permits.permit(.events, of: "acme")
    }
    let left = try await pool.run("select tokens from quota where api = 'events'")[0].double(0)
    #expect(left == 6, "one block of four was taken, and no other")
    await pool.shutdown()
  }

  @Test func `Retry-After closes the window for every process`() async throws {
    let pool = try await migratedPool()
    let (one, other) = (process(pool), process(pool))
    let permit = try await one.permit(.events, of: "acme")
    await one.ended(permit, .limited(.seconds(90)))
    for permits in [one, other] {
      let error = try #require(await refusal(permits))
      guard case .limited(let wait, false) = error.cause else {
        Issue.record("refused as \(error)")
        continue
      }
      #expect(wait > .seconds(80) && wait <= .seconds(90))
    }
    #expect(await refusal(other, .contacts) == nil)
    await pool.shutdown()
  }

  @Test func `the breaker opens for all, lets one probe a second through, and closes after three`()
    async throws
  {
    let pool = try await migratedPool()
    let fleet = (0..<4).map { _ in process(pool, callsPerMinute: 1000) }
    for permits in [fleet[0], fleet[1], fleet[0], fleet[1], fleet[0]] {
      await permits.ended(try await permits.permit(.events, of: "acme"), .failed)
    }
    // The time of the database is moved on instead of waiting.
    let aSecondLater: SQL = "update breaker set probe_at = probe_at - interval '1 second'"
    for success in 1...3 {
      try await pool.run(aSecondLater)
      let probes = await withTaskGroup(of: CallPermit?.self) { group in
        for number in 0..<20 {
          group.addTask {
            do throws(NoPermit) {
              return try await fleet[number % 4].permit(.events, of: "acme")
            } catch {
              #expect(error.cause == .heldBack(.seconds(5)))
              return nil
            }
          }
        }
        return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
      }
      #expect(probes.map(\.isProbe) == [true], "round \(success)")
      #expect(await refusal(fleet[2], .contacts) == nil, "other APIs are not held back")
      if let probe = probes.first { await fleet[3].ended(probe, .answered) }
    }
    let permit = try await fleet[0].permit(.events, of: "acme")
    #expect(!permit.isProbe)
    await pool.shutdown()
  }

  @Test func `a probe that fails keeps the breaker open`() async throws {
    let pool = try await migratedPool()
    let permits = process(pool, callsPerMinute: 1000)
    for _ in 0..<5 {
      await permits.ended(try await permits.permit(.events, of: "acme"), .failed)
    }
    for ending in [CallPermit.Ending.answered, .answered, .failed, .answered, .answered] {
      try await pool.run("update breaker set probe_at = probe_at - interval '1 second'")
      let permit = try await permits.permit(.events, of: "acme")
      #expect(permit.isProbe)
      await permits.ended(permit, ending)
    }
    #expect(try await pool.run("select state from breaker")[0].string(0) == "half_open")
    await pool.shutdown()
  }

  @Test func `failures among many answers do not open the breaker, and old ones are forgotten`()
    async throws
  {
    let pool = try await migratedPool()
    let permits = process(pool, callsPerMinute: 10_000)
    for round in 0..<40 {
      let permit = try await permits.permit(.events, of: "acme")
      #expect(!permit.isProbe)
      await permits.ended(permit, round % 4 == 3 ? .failed : .answered)
    }
    try await pool.run("update breaker set window_at = window_at - interval '31 seconds'")
    for _ in 0..<4 {
      await permits.ended(try await permits.permit(.events, of: "acme"), .failed)
    }
    #expect(await refusal(permits) == nil)
    #expect(try await pool.run("select state from breaker")[0].string(0) == "closed")
    await pool.shutdown()
  }

  @Test(arguments: [(503, 5), (404, 40)])
  func `an API that answers 5xx is left alone after five calls, one that answers 4xx is not`(
    status: Int,
    expected: Int
  ) async throws {
    let pool = try await migratedPool()
    let calls = Atomic<Int>(0)
    let router = Router()
    router.post("**") { _, _ in
      calls.add(1, ordering: .relaxed)
      return Response(status: .init(code: status))
    }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await withServer { announce in
      Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await announce($0.localAddress?.port ?? 0) },
        logger: logger
      )
    } body: { port in
      let http = HTTPClient(
        configuration: .init(calling: "http://127.0.0.1:\(port)", logger: logger)
      )
      let clients = (0..<4).map { _ in
        RDStationClient(
          http: http,
          baseURL: "http://127.0.0.1:\(port)",
          logins: OneToken(),
          permits: process(pool, callsPerMinute: 10_000),
          logger: logger
        )
      }
      for number in 0..<40 {
        do throws(CallError) {
          try await clients[number % 4].send([.opportunity(email: "a@b.example")], for: "acme")
        } catch {
          #expect(error.cause == .notFound || error.status == 503 || error.status == nil)
        }
      }
      try await http.shutdown()
    }
    // A probe or two may have come due meanwhile on a slow machine.
    #expect((expected...expected + 2).contains(calls.load(ordering: .relaxed)))
    await pool.shutdown()
  }

  struct OneToken: Logins {
    func pass(for integration: String) -> Pass { .bearer("token") }
    func renewedPass(for integration: String, insteadOf refused: Pass) -> Pass {
      .bearer("token-2")
    }
  }
}
