private import CPostgres

/// The result of one statement: its rows, and how many rows it touched.
///
/// Owns libpq's memory and frees it with the last reference; nothing changes it, so it may be read
/// on any thread and at once.
package final class Rows: Sendable {
  private nonisolated(unsafe) let result: OpaquePointer

  package let count: Int
  private let columnCount: Int32
  /// Of a result with rows.
  private let names: [String]

  /// Takes over the result.
  init(owning result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
    columnCount = PQnfields(result)
    names =
      count == 0
      ? [] : (0..<columnCount).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
  }

  deinit { PQclear(result) }

  /// How many rows were inserted, updated, deleted or returned; 0 for other statements.
  package var affected: Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// The command that was executed, such as `INSERT 0 1`.
  var tag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  /// The bytes of a field in text form, nil for NULL.
  ///
  /// They live as long as this object.
  func field(_ row: Int, _ column: Int) throws(PostgresError) -> UnsafeBufferPointer<UInt8>? {
    guard column >= 0, column < Int(columnCount) else {
      throw .decoding(column: "#\(column)", expected: "anything, there are \(columnCount) columns")
    }
    let (row, column) = (Int32(row), Int32(column))
    if PQgetisnull(result, row, column) == 1 { return nil }
    let length = Int(PQgetlength(result, row, column))
    guard let start = PQgetvalue(result, row, column) else { return nil }
    let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: bytes, count: length)
  }

  func index(of column: Column) throws(PostgresError) -> Int {
    switch column {
    case .index(let index): return index
    case .name(let name):
      guard let index = names.firstIndex(of: name) else {
        throw .decoding(column: name, expected: "a column of that name")
      }
      return index
    }
  }

  /// The name of a column, or its number where it has none.
  func name(of column: Column) -> String {
    switch column {
    case .name(let name): name
    case .index(let index): names.indices.contains(index) ? names[index] : "#\(index)"
    }
  }
}

extension Rows: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Row {
    precondition(index >= 0 && index < count, "row \(index) of \(count)")
    return Row(rows: self, index: index)
  }
}
