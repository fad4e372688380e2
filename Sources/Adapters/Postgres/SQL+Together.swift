extension SQL {
  /// Several reads as one statement, which shows them all at one moment.
  ///
  /// Each may lock rows, or names, and they do so in this order. A column of JSON that is a lone text is not
  /// told from a text.
  ///
  /// - Parameter reads: Statements that return rows, none of which writes; at least two.
  /// - Returns: A statement whose one row ``Rows/parts(_:)`` takes apart.
  package static func together(_ reads: [SQL]) -> SQL {
    var joined: SQL = "select "
    for (place, read) in reads.enumerated() {
      if place > 0 { joined += ", " }
      joined += "(select json_agg(q) from (\(read)) as q)"
    }
    return joined
  }

  /// Several writes as one statement: all see the rows of one moment, and none what another has written, so
  /// no two may write one row.
  ///
  /// In which order the server carries them out is its own affair, but for those that lock rows which others
  /// lock too: each of them gets a condition that holds when the one before it has ended.
  ///
  /// - Parameters:
  ///   - ordered: Statements without `returning`, made of that condition.
  ///   - free: Statements without `returning` whose order is of no matter.
  /// - Returns: Nil when there are none.
  package static func together(ordered: [@Sendable (_ after: SQL) -> SQL], free: [SQL]) -> SQL? {
    var writes: [SQL] = []
    var after: SQL = "true"
    for (place, write) in ordered.enumerated() {
      let isLast = place == ordered.count - 1
      writes.append(isLast ? write(after) : write(after) + " returning 1")
      after = "(select count(*) from w\(number: place)) >= 0"
    }
    writes += free
    guard writes.count > 1 else { return writes.first }
    var joined: SQL = "with "
    for (place, write) in writes.enumerated() {
      if place > 0 { joined += ", " }
      joined += "w\(number: place) as (\(write))"
    }
    return joined + " select 1"
  }
}

extension Rows {
  /// What each of some reads brought that were made together.
  ///
  /// - Throws: `.decoding` when this is no such result.
  package func parts(_ count: Int) throws(PostgresError) -> [Rows] {
    guard let row = first else { throw .decoding(column: "#0", expected: "one row") }
    var parts: [Rows] = []
    for place in 0..<count {
      let text = try row.optional(.index(place), as: "rows") { field in
        var json = ServerJSON(field)
        return json.rows()
      }
      parts.append(Rows(text ?? RowsText()))
    }
    return parts
  }
}
