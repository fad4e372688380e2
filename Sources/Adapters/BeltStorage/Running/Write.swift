package import Postgres

/// One statement that writes, and whose rows it locks.
package struct Write: Sendable {
  /// The tables whose rows several stages write, in the order in which everybody locks them.
  ///
  /// Two workers that meet at one person then wait for each other one way round and never in a circle.
  /// Within a table the rows go by integration and id.
  package enum Table: Int, Sendable, CaseIterable {
    case company, contact, identity, lead, conversion, opportunity
    /// Rows that nobody else writes at the same time.
    case own
  }

  let table: Table
  let statement: SQL

  package init(_ table: Table, _ statement: SQL) {
    self.table = table
    self.statement = statement
  }
}

extension [Write] {
  /// The statements in the one order of locks; those of one table stay as they are.
  package var inLockOrder: [SQL] {
    Write.Table.allCases.flatMap { table in
      filter { $0.table == table }.map(\.statement)
    }
  }
}
