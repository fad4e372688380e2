import Postgres

/// How many transactions the database has committed so far.
struct CommitCount: Sendable, Hashable {
  /// All of them, with those that only read; whoever ran them.
  var all = 0
  /// Those that wrote, committed or not, by the ids they took: exact at any moment.
  var writing = 0

  /// Sessions tell the server what they have done up to 10 s after they fell silent, so this waits.
  static func settled(in pool: PostgresPool) async throws -> CommitCount {
    try await ContinuousClock().sleep(for: .seconds(11))
    return try await now(in: pool)
  }

  static func now(in pool: PostgresPool) async throws -> CommitCount {
    let row = try await pool.run(
      """
      select xact_commit, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
      from pg_stat_database where datname = current_database()
      """
    )[0]
    return CommitCount(all: try row.int(0), writing: try row.int(1))
  }

  static func - (left: CommitCount, right: CommitCount) -> CommitCount {
    CommitCount(all: left.all - right.all, writing: left.writing - right.writing)
  }
}
