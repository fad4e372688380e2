package import Postgres

/// What is read in one round trip: each statement with the reader of its rows, and what they make
/// together.
///
/// Several are joined into one that knows which rows belong to which statement, so that the two cannot
/// drift apart.
package struct Load<Value: Sendable>: Sendable {
  package let statements: [SQL]
  /// Takes the results of its own statements from the front.
  private let take: @Sendable (inout ArraySlice<Rows>) throws -> Value

  private init(
    statements: [SQL],
    take: @escaping @Sendable (inout ArraySlice<Rows>) throws -> Value
  ) {
    self.statements = statements
    self.take = take
  }

  package init(_ statement: SQL, read: @escaping @Sendable (Rows) throws -> Value) {
    self.init(statements: [statement]) { rows in try read(rows.removeFirst()) }
  }

  /// Both, or all, in one round trip, in the order in which they stand.
  package init<each Part: Sendable>(
    _ part: repeat Load<each Part>,
    made: @escaping @Sendable (repeat each Part) throws -> Value
  ) {
    var statements: [SQL] = []
    for more in repeat (each part).statements { statements += more }
    self.init(statements: statements) { rows in
      try made(repeat try (each part).take(&rows))
    }
  }

  /// What is known without asking.
  package static func known(_ value: Value) -> Load {
    Load(statements: []) { _ in value }
  }

  /// Reads what the statements brought.
  ///
  /// - Parameter results: One a statement.
  /// - Returns: What is known now.
  /// - Throws: When a row is not as its reader expects.
  package func read(_ results: [Rows]) throws -> Value {
    var rest = results[...]
    return try take(&rest)
  }

  /// Asks on this connection, unless there is nothing to ask.
  package func read(on connection: isolated PostgresConnection) throws -> Value {
    try read(statements.isEmpty ? [] : connection.run(statements))
  }
}

extension Load<Void> {
  /// A statement whose answer says nothing, such as one that takes locks.
  package init(_ statement: SQL) { self.init(statement) { _ in } }
}

extension Load {
  /// One element a row.
  package init<Element>(_ statement: SQL, each: @escaping @Sendable (Row) throws -> Element)
  where Value == [Element] {
    self.init(statement) { rows in try rows.map(each) }
  }

  /// One entry a row; of two with one key the later counts.
  package init<Key: Hashable, Element>(
    _ statement: SQL,
    entry: @escaping @Sendable (Row) throws -> (Key, Element)
  ) where Value == [Key: Element] {
    self.init(statement) { rows in
      Dictionary(try rows.map(entry)) { _, later in later }
    }
  }

  /// The element of each row, as a set.
  package init<Element: Hashable>(
    _ statement: SQL,
    element: @escaping @Sendable (Row) throws -> Element
  ) where Value == Set<Element> {
    self.init(statement) { rows in Set(try rows.map(element)) }
  }
}
