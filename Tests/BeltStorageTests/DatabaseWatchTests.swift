import BeltStorage
import Logging
import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct DatabaseWatchTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func `an idle program notices that the database is away, and that it is back`() async throws
  {
    let server = try await PrivatePostgres()
    var options = PostgresOptions(url: server.url, size: 1)
    options.checkoutTimeout = .seconds(1)
    let pool = PostgresPool(options, logger: Self.logger)
    let watch = DatabaseWatch(pool: pool, logger: Self.logger)
    await watch.look(standsStill: false)
    #expect(watch.view.isAnswering)
    try await server.kill()
    await watch.look(standsStill: false)
    #expect(!watch.view.isAnswering)
    #expect(watch.view.fault?.contains("database") == true)
    try await server.start()
    let deadline = ContinuousClock.now + .seconds(20)
    while !watch.view.isAnswering, .now < deadline { await watch.look(standsStill: false) }
    #expect(watch.view.isAnswering)
    await pool.shutdown()
    await server.stop()
  }

  @Test func `while work stands still, the lock that it waits for is named with its holder`()
    async throws
  {
    let url = try await PrivatePostgres.freshDatabase()
    var options = PostgresOptions(url: url, size: 3)
    options.applicationName = "waiting-worker"
    let pool = PostgresPool(options, logger: Self.logger)
    options.applicationName = "the-holder"
    let holder = PostgresPool(options, logger: Self.logger)
    try await pool.run("create table busy (n int)")
    let watch = DatabaseWatch(pool: pool, logger: Self.logger)
    let deadline = ContinuousClock.now + .seconds(10)
    async let holding = holder.transaction { connection in
      try connection.run(["lock table busy in access exclusive mode", "select pg_sleep(4)"])
    }
    while try await pool.run(
      "select count(*) from pg_locks where granted and mode = 'AccessExclusiveLock'"
    )[0].int(0) == 0,
      .now < deadline
    {
      try await Task.sleep(for: .milliseconds(20))
    }
    async let work = pool.run("select * from busy")
    while watch.view.lock == nil, .now < deadline {
      await watch.look(standsStill: true)
      try await Task.sleep(for: .milliseconds(100))
    }
    let lock = try #require(watch.view.lock)
    #expect(lock.hasPrefix("a lock on busy that process "))
    #expect(lock.contains("(the-holder)"))
    _ = try await (holding, work)
    await watch.look(standsStill: false)
    #expect(watch.view.lock == nil)
    await holder.shutdown()
    await pool.shutdown()
  }
}
