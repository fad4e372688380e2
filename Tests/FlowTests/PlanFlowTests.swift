import Postgres
import Testing

/// How PostgreSQL finds what the stages ask for.
@Suite(.timeLimit(.minutes(1)))
struct PlanFlowTests {
  @Test func `no stage reads a table from end to end, also while all are new and never analysed`()
    async throws
  {
    // One connection: a session tells of its scans when it is asked to.
    try await withBelt(connections: 1) { belt in
      try await belt.apply(.flow())
      try await belt.pool.run("select pg_stat_force_next_flush()")
      try await belt.pool.run("select pg_stat_reset()")
      var webhooks = Webhooks()
      let rest = try await belt.run((0..<60).map { webhooks.conversion($0 % 20, minute: $0 % 60) })
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      try await belt.pool.run("select pg_stat_force_next_flush()")
      let scans = try await belt.pool.run(
        """
        select relname || ': ' || seq_scan || ' scans of ' || seq_tup_read || ' rows'
        from pg_stat_user_tables where seq_scan > 0 order by relname
        """
      )
      let looked = try await belt.count("select sum(idx_scan) from pg_stat_user_tables")
      #expect(looked > 100, "the session has told what it did")
      #expect(try scans.map { try $0.string(0) } == [])
    }
  }
}
