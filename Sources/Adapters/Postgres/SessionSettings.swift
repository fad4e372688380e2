extension PostgresOptions {
  // Ours to rely on, whatever the database's or the role's own settings are.
  private var settings: [(name: String, value: String)] {
    [
      ("statement_timeout", String(statementTimeout.milliseconds)),
      ("lock_timeout", String(lockTimeout.milliseconds)),
      ("idle_in_transaction_session_timeout", String(idleInTransactionTimeout.milliseconds)),
      ("bytea_output", "hex"),
      // Our statements are short and the same each time, with arrays for parameters: planning them
      // anew for each array, or compiling them, costs more than running them.
      ("plan_cache_mode", "force_generic_plan"),
      ("jit", "off"),
      // Joins go in the order they are written, from the keys outwards. While tables are new the planner
      // knows nothing of their sizes and would as gladly begin with all that an integration has.
      ("join_collapse_limit", "1"),
    ] + (findsByKeys ? byKeys : [])
  }

  // A plan lives as long as its session, and is made while the tables of a new installation are a few pages:
  // to read those whole looks cheap then, and is not once they have grown.
  private var byKeys: [(name: String, value: String)] {
    [
      ("random_page_cost", "1.1"), ("enable_seqscan", "off"), ("enable_hashjoin", "off"),
      ("enable_mergejoin", "off"),
    ]
  }

  /// Sets them for the session.
  var sessionSettings: String {
    settings.map { "set \($0.name) = '\($0.value)'" }.joined(separator: ";")
  }

  /// Sets them for the transaction, since behind a pooler the session belongs to others too.
  var localSettings: SQL {
    var statement: SQL = "select "
    for (index, setting) in settings.enumerated() {
      statement +=
        "\(raw: index == 0 ? "" : ", ")set_config(\(setting.name), \(setting.value), true)"
    }
    return statement
  }
}
