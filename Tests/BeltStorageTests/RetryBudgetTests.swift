import BeltStorage
import Leads
import Postgres
import Samples
import Testing
import Belt

@Suite(.timeLimit(.minutes(1)))
struct RetryBudgetTests {
  @Test func `the fleet's retries stay below a fifth of its deliveries and a floor`() async throws {
    let pool = try await migratedPool()
    // Each stands for a process.
    let fleet = (0..<4).map { _ in PressureRetryBudget(of: .centralizer, pool: pool) }
    let granted = try await withThrowingTaskGroup(of: Int.self) { group in
      for budget in fleet {
        group.addTask {
          var granted = 0
          for _ in 0..<25 {
            let uses = ["acme": RetryUse(deliveries: 10, retries: 10)]
            granted += try await budget.spend(uses)["acme"] ?? 0
          }
          return granted
        }
      }
      return try await group.reduce(0, +)
    }
    // 1000 deliveries bring 200, the beginning 10, and the clock one each six seconds.
    #expect((200...220).contains(granted))
    await pool.shutdown()
  }

  @Test func `integrations and stages have budgets of their own`() async throws {
    let pool = try await migratedPool()
    let budget = PressureRetryBudget(of: .centralizer, pool: pool)
    let use = RetryUse(retries: 8)
    #expect(try await budget.spend(["acme": use])["acme"] == 8)
    let second = try await budget.spend(["acme": use, "beta": use])
    #expect((2...3).contains(try #require(second["acme"])))
    #expect(second["beta"] == 8)
    let other = PressureRetryBudget(of: .rdUpdater, pool: pool)
    #expect(try await other.spend(["acme": use])["acme"] == 8)
    await pool.shutdown()
  }

  @Test func `a healthy worker seldom writes, and its deliveries still count`()
    async throws
  {
    let pool = try await migratedPool()
    let budget = PressureRetryBudget(of: .centralizer, pool: pool)
    for _ in 0..<50 { _ = try await budget.spend(["acme": RetryUse(deliveries: 10)]) }
    let told = try await pool.run("select balance from retry_budget")[0].double(0)
    #expect(told < 60, "most of the deliveries wait in the process")
    let granted = try await budget.spend(["acme": RetryUse(retries: 1000)])["acme"]
    // 500 deliveries bring 100, the beginning 10.
    #expect((110...112).contains(try #require(granted)))
    await pool.shutdown()
  }
}
