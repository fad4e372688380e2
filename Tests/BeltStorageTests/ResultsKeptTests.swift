import Leads
import Logging
import Postgres
import Samples
import TestKit
import Testing
import Belt

@testable import BeltStorage

/// How long what a call to the outside yielded is kept while the database does not take it.
@Suite(.timeLimit(.minutes(1)))
struct ResultsKeptTests {
  /// A stage of which only the results are written here.
  private struct Told: Stage {
    enum Input: StageInput {
      static var kinds: [InputKind<Input>] { [] }
    }

    static let flow = Flow.rdUpdater

    func load(_: [Taken<Input>]) -> Load<Int> { .known(0) }
    func decide(_: Item<Input>, _: inout Int) -> Decision<Never, Never> {
      .done(Reason("told", "It was told."))
    }
  }

  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func `what a busy table keeps many results from is waited for once, and not by each`()
    async throws
  {
    let pool = try await pool(refusingReceiptsWith: "55P03")
    let endings = (UInt64(1)...10).map(ending)
    let runner = StageRunner(Told(), pool: pool, pause: Pause { _ in await Task.yield() })
    let start = ContinuousClock.now
    let kept = Duration.milliseconds(400)
    await #expect(throws: PostgresError.self) {
      var outcomes: [Identifier: Outcome] = [:]
      try await runner.keep(endings, before: start + kept, &outcomes)
    }
    #expect(ContinuousClock.now - start < kept * 4, "each by itself takes ten times as long")
    await pool.shutdown()
  }

  /// A stage's own rows have unique keys too: what they refuse was not committed.
  @Test
  func `a unique key that is not the receipt's lets nobody believe that results were written`()
    async throws
  {
    let pool = try await pool(refusingReceiptsWith: "23505")
    let runner = StageRunner(Told(), pool: pool, pause: Pause { _ in await Task.yield() })
    await #expect(throws: PostgresError.self) {
      var outcomes: [Identifier: Outcome] = [:]
      try await runner.keep([ending(1)], before: .now, &outcomes)
    }
    try await pool.run("drop trigger refuse on receipt")
    // The second time as when the answer to that commit was lost.
    for _ in 1...2 {
      var outcomes: [Identifier: Outcome] = [:]
      try await runner.keep([ending(1)], before: .now, &outcomes)
      #expect(outcomes.values.map(\.name) == ["done"])
    }
    await pool.shutdown()
  }

  private func ending(_ number: UInt64) -> StageRunner<Told>.Ending {
    let message = Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "rd-updater",
      integration: "acme",
      journey: Identifier(high: 2, low: number),
      body: []
    )
    return StageRunner<Told>.Ending(
      settled: .done(message, Reason("told", "It was told.")),
      effect: nil,
      facts: []
    )
  }

  private func pool(refusingReceiptsWith state: String) async throws -> PostgresPool {
    let pool = try await migratedPool(size: 4, logger: Self.logger)
    try await pool.run([
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1)
      """,
      """
      create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = tg_argv[0]; end $$
      """,
      SQL(
        stringLiteral: "create trigger refuse before insert on receipt for each row "
          + "execute function refuse('\(state)')"
      ),
    ])
    return pool
  }
}
