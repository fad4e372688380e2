package import Leads
package import Postgres
import Synchronization
package import Belt

/// The retry budget of one stage, shared by the fleet in PostgreSQL.
///
/// One row an integration holds a balance: each first delivery adds ``share`` of a retry, each minute
/// ``perMinute``; a retry takes one. The balance keeps at most ``savings``. So over any stretch of time the
/// retries stay below a fifth of the deliveries, ten a minute, and what a calm time has saved.
///
/// Deliveries are counted in the process and written with the next retry, or twice a minute: a healthy
/// worker costs the database next to nothing, whatever it handles.
package final class PressureRetryBudget: RetryBudget {
  static let share = 0.2
  static let perMinute = 10.0
  static let savings = 200.0
  private static let toldEvery = Duration.seconds(30)

  private struct State {
    var deliveries: [String: Int] = [:]
    var toldAt: ContinuousClock.Instant?
  }

  private let pool: PostgresPool
  private let stage: String
  private let state = Mutex(State())

  package init(of stage: Flow, pool: PostgresPool) {
    self.pool = pool
    self.stage = stage.stage
  }

  package func spend(_ uses: [String: RetryUse]) async throws -> [String: Int] {
    let deliveries = state.withLock { state -> [String: Int]? in
      for (integration, use) in uses where use.deliveries > 0 {
        state.deliveries[integration, default: 0] += use.deliveries
      }
      let asks = uses.values.contains { $0.retries > 0 }
      let isDue = state.toldAt.map { .now - $0 >= Self.toldEvery } ?? true
      guard asks || isDue && !state.deliveries.isEmpty else { return nil }
      defer { state.deliveries = [:] }
      state.toldAt = .now
      return state.deliveries
    }
    guard let deliveries else { return [:] }
    // In one order for everybody, so that two batches cannot wait for each other's rows.
    let integrations = Set(deliveries.keys).union(uses.filter { $0.value.retries > 0 }.keys)
      .sorted()
    let rows = try await pool.run(
      Self.spending(
        stage,
        integrations.map { ($0, deliveries[$0] ?? 0, uses[$0]?.retries ?? 0) }
      )
    )
    var granted: [String: Int] = [:]
    for row in rows[1] { granted[try row.string(0)] = try row.int(1) }
    return granted
  }

  private static func spending(
    _ stage: String,
    _ uses: [(integration: String, deliveries: Int, retries: Int)]
  ) -> [SQL] {
    let integrations = uses.map(\.integration)
    return [
      """
      insert into retry_budget (integration_id, stage, balance)
      select i, \(stage), \(perMinute)::float8 from unnest(\(integrations)::text[]) as k (i)
      order by i
      on conflict do nothing
      """,
      """
      with locked as (
        select b.integration_id, r, least(
          \(savings)::float8,
          b.balance + d * \(share)::float8 + \(perMinute)::float8 / 60
            * greatest(0, extract(epoch from clock_timestamp() - b.counted_at))
        ) as saved
        from retry_budget b
        join unnest(
          \(integrations)::text[], \(uses.map(\.deliveries))::int[], \(uses.map(\.retries))::int[]
        ) as k (i, d, r) on b.integration_id = k.i
        where b.stage = \(stage)
        order by b.integration_id
        for update of b
      )
      update retry_budget b
      set balance = saved - least(r, floor(saved)), granted = least(r, floor(saved)),
        counted_at = clock_timestamp()
      from locked
      where b.integration_id = locked.integration_id and b.stage = \(stage)
      returning b.integration_id, b.granted
      """,
    ]
  }
}
