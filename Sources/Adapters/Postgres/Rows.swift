private import CPostgres

/// The result of one statement: its rows, and how many rows it touched.
///
/// Owns libpq's memory and frees it with the last reference; nothing changes it, so it may be read
/// on any thread and at once. Rows that came in one field of another result hold a copy of that instead.
package final class Rows: Sendable {
  /// Nil for rows that came within another result.
  private nonisolated(unsafe) let result: OpaquePointer?
  private let within: RowsText?

  package let count: Int
  private let columnCount: Int
  /// Of a result with rows.
  private let names: [String]

  /// Takes over the result.
  init(owning result: OpaquePointer) {
    self.result = result
    within = nil
    count = Int(PQntuples(result))
    let columnCount = PQnfields(result)
    self.columnCount = Int(columnCount)
    names =
      count == 0
      ? [] : (0..<columnCount).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
  }

  init(_ text: RowsText) {
    result = nil
    within = text
    count = text.count
    columnCount = text.names.count
    names = text.names
  }

  deinit { PQclear(result) }

  /// How many rows were inserted, updated, deleted or returned; 0 for other statements.
  package var affected: Int {
    guard let result else { return count }
    return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// The command that was executed, such as `INSERT 0 1`.
  var tag: String { result.flatMap { PQcmdStatus($0) }.map { String(cString: $0) } ?? "" }

  /// Parses the bytes of a field in text form, which the parser must not keep.
  ///
  /// - Returns: Nil for NULL; nil inside when the parser has none.
  func field<Value>(
    _ row: Int,
    _ column: Int,
    _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(PostgresError) -> Value?? {
    guard column >= 0, column < columnCount else {
      throw .decoding(column: "#\(column)", expected: "anything, there are \(columnCount) columns")
    }
    guard let result else {
      guard let bytes = within?.field(row, column) else { return .none }
      return .some(bytes.withUnsafeBufferPointer(parse))
    }
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
      return .none
    }
    let length = Int(PQgetlength(result, row, column))
    let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
    return withExtendedLifetime(self) {
      .some(parse(UnsafeBufferPointer(start: bytes, count: length)))
    }
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
