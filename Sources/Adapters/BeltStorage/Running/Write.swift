package import Postgres

/// One statement that writes, and whose rows it locks.
///
/// Those of a transaction go to the server as one statement. Each therefore sees the rows of one moment, and
/// nothing that another of them has written.
package struct Write: Sendable {
  /// The tables whose rows several stages write, in the order in which everybody locks them.
  ///
  /// Two workers that meet at one person then wait for each other one way round and never in a circle.
  /// Within a table the rows go by integration and id.
  package enum Table: Int, Sendable, CaseIterable {
    case company, contact, identity, lead, conversion, opportunity
    /// Rows that nobody else writes at the same time, and no other write of the transaction.
    case own
    /// Rows that another write of the transaction may have written: this one comes after it, alone.
    case last
  }

  let table: Table
  let statement: @Sendable (_ after: SQL) -> SQL

  /// Rows that others lock too: the statement writes nothing unless `after` holds, which the server finds
  /// out by ending what comes before.
  package init(_ table: Table, _ statement: @escaping @Sendable (_ after: SQL) -> SQL) {
    self.table = table
    self.statement = statement
  }

  package static func own(_ statement: SQL) -> Write { Write(.own) { _ in statement } }

  package static func last(_ statement: SQL) -> Write { Write(.last) { _ in statement } }
}

extension [Write] {
  /// What the server is told: one statement, as long as no two write to one shared table, and those that
  /// come last.
  package var statements: [SQL] {
    var groups: [[Write]] = [[]]
    for table in Write.Table.allCases where table != .own && table != .last {
      for write in self where write.table == table {
        if groups[groups.count - 1].last?.table == table { groups.append([]) }
        groups[groups.count - 1].append(write)
      }
    }
    var statements: [SQL] = []
    for (place, group) in groups.enumerated() {
      let own = place == groups.count - 1 ? filter { $0.table == .own } : []
      let joined = SQL.together(
        ordered: group.map(\.statement),
        free: own.map { $0.statement("true") }
      )
      if let joined { statements.append(joined) }
    }
    return statements + filter { $0.table == .last }.map { $0.statement("true") }
  }
}
