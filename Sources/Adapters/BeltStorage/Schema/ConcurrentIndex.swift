import Postgres

/// An index of a table that is written to all the time, made without keeping anybody from it.
package struct ConcurrentIndex: Sendable, Hashable {
  package let name: String
  /// Table, columns and condition.
  package let definition: String

  package init(name: String, on definition: String) {
    self.name = name
    self.definition = definition
  }

  /// Makes it unless it is there; what an attempt left that was cut off is made anew.
  func make(on connection: isolated PostgresConnection) throws {
    let found = try connection.run(
      "select indisvalid from pg_index where indexrelid = to_regclass(\(name))"
    )
    if let row = found.first {
      if try row.bool(0) { return }
      try connection.script("drop index concurrently \(name)")
    }
    try connection.script("create index concurrently \(name) on \(definition)")
  }
}
