/// How the pool and its connections behave; the defaults suit a worker.
package struct PostgresOptions: Sendable {
  /// `postgres://…`, or `keyword=value` pairs as libpq takes them.
  ///
  /// What it says about keep-alive, `target_session_attrs`, `application_name` and encryption wins
  /// over our defaults. May hold a password; never logged.
  package var url: String

  /// How many connections at most, each with a thread of its own; at least 1.
  package var size: Int

  /// Shown in `pg_stat_activity`.
  package var applicationName = "esteira"

  /// False behind pgbouncer in transaction mode: statements are parsed each time, and the time-outs
  /// below are set inside each transaction because a session is not ours alone.
  package var preparedStatements = true

  /// Whether every statement finds few rows by their keys, as those of a stage do; false for one who reads
  /// and joins much.
  package var findsByKeys = true

  /// How long opening a session may take, without resolving the host name.
  package var connectTimeout = Duration.seconds(5)

  /// How long any single round trip may take before the connection is given up; the last line of
  /// defence, so above `statementTimeout`.
  package var responseTimeout = Duration.seconds(30)

  /// How long a caller waits for a free connection.
  package var checkoutTimeout = Duration.seconds(10)

  /// After this long the server cancels a statement; zero means never.
  package var statementTimeout = Duration.seconds(20)

  /// How long a statement waits for a lock; zero means for ever.
  package var lockTimeout = Duration.seconds(5)

  /// How long a transaction may sit without a statement; zero means for ever.
  package var idleInTransactionTimeout = Duration.seconds(30)

  /// A connection that was idle for longer answers one query before it is lent.
  package var checkAfterIdle = Duration.seconds(30)

  /// A connection is replaced at this age, less up to a tenth, so that they do not all go at once.
  package var lifetime = Duration.seconds(1800)

  package init(url: String, size: Int = 4) {
    precondition(size >= 1, "a pool of no connections")
    self.url = url
    self.size = size
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, so that a wait never ends early; at most what `poll` takes.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < 2_000_000 else { return 2_000_000_000 }
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
