package import Postgres

/// What is read in one round trip: each statement with the reader of its rows, and what they make
/// together.
///
/// Several are joined into one that knows which rows belong to which statement, so that the two cannot
/// drift apart. The server gets two statements at most: one that locks, and one that reads what the locks
/// have made certain.
package struct Load<Value: Sendable>: Sendable {
  private let locks: [SQL]
  private let reads: [SQL]
  /// Takes the rows of its own statements from the front.
  private let take: @Sendable (inout LoadedRows) throws -> Value

  private init(
    locks: [SQL] = [],
    reads: [SQL] = [],
    take: @escaping @Sendable (inout LoadedRows) throws -> Value
  ) {
    self.locks = locks
    self.reads = reads
    self.take = take
  }

  package init(_ statement: SQL, read: @escaping @Sendable (Rows) throws -> Value) {
    self.init(reads: [statement]) { found in try read(found.reads.removeFirst()) }
  }

  /// Locks what it names or reads, before anything else of the round trip is read.
  package init(locking statement: SQL, read: @escaping @Sendable (Rows) throws -> Value) {
    self.init(locks: [statement]) { found in try read(found.locks.removeFirst()) }
  }

  /// Both, or all, in one round trip, in the order in which they stand.
  package init<each Part: Sendable>(
    _ part: repeat Load<each Part>,
    made: @escaping @Sendable (repeat each Part) throws -> Value
  ) {
    var locks: [SQL] = []
    var reads: [SQL] = []
    for more in repeat (each part).locks { locks += more }
    for more in repeat (each part).reads { reads += more }
    self.init(locks: locks, reads: reads) { found in
      try made(repeat try (each part).take(&found))
    }
  }

  /// What is known without asking.
  package static func known(_ value: Value) -> Load { Load { _ in value } }

  /// What the server is asked; ``read(_:)`` gets what it answers.
  package var statements: [SQL] { [locks, reads].compactMap(Self.joined) }

  private static func joined(_ statements: [SQL]) -> SQL? {
    statements.count < 2 ? statements.first : .together(statements)
  }

  /// Reads what the statements brought.
  ///
  /// - Parameter results: One a statement.
  /// - Returns: What is known now.
  /// - Throws: When a row is not as its reader expects.
  package func read(_ results: [Rows]) throws -> Value {
    var results = results[...]
    func parts(_ statements: [SQL]) throws -> ArraySlice<Rows> {
      switch statements.count {
      case 0: []
      case 1: [results.removeFirst()]
      case let count: try results.removeFirst().parts(count)[...]
      }
    }
    let locked = try parts(locks)
    var found = LoadedRows(locks: locked, reads: try parts(reads))
    return try take(&found)
  }

  /// Asks on this connection, unless there is nothing to ask.
  package func read(on connection: isolated PostgresConnection) throws -> Value {
    let statements = statements
    return try read(statements.isEmpty ? [] : connection.run(statements))
  }
}

private struct LoadedRows {
  var locks: ArraySlice<Rows>
  var reads: ArraySlice<Rows>
}

extension Load<Void> {
  /// Locks that are taken before anything else of the round trip is read.
  package init(locking statement: SQL) { self.init(locking: statement) { _ in } }
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
