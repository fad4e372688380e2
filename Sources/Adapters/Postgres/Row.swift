/// Which column of a row: by its name in the statement, or counted from 0.
package enum Column: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case name(String)
  case index(Int)

  package init(stringLiteral name: String) { self = .name(name) }
  package init(integerLiteral index: Int) { self = .index(index) }
}

/// One row of a result.
///
/// Every accessor copies the value out. It throws `.decoding`, naming the column, when the column is
/// NULL (the `optional…` forms return nil), has another form, or does not exist.
package struct Row: Sendable {
  let rows: Rows
  let index: Int

  /// What an error calls a column.
  package func name(of column: Column) -> String { rows.name(of: column) }

  package func isNull(_ column: Column) throws(PostgresError) -> Bool {
    try rows.field(index, rows.index(of: column)) { _ in true } == nil
  }

  package func string(_ column: Column) throws(PostgresError) -> String {
    try value(column, as: "text") { String(validating: $0, as: UTF8.self) }
  }

  package func optionalString(_ column: Column) throws(PostgresError) -> String? {
    try optional(column, as: "text") { String(validating: $0, as: UTF8.self) }
  }

  package func int(_ column: Column) throws(PostgresError) -> Int {
    try value(column, as: "an integer", parseInteger)
  }

  package func optionalInt(_ column: Column) throws(PostgresError) -> Int? {
    try optional(column, as: "an integer", parseInteger)
  }

  package func bool(_ column: Column) throws(PostgresError) -> Bool {
    try value(column, as: "a boolean", parseBool)
  }

  package func optionalBool(_ column: Column) throws(PostgresError) -> Bool? {
    try optional(column, as: "a boolean", parseBool)
  }

  package func double(_ column: Column) throws(PostgresError) -> Double {
    try value(column, as: "a number", parseDouble)
  }

  package func optionalDouble(_ column: Column) throws(PostgresError) -> Double? {
    try optional(column, as: "a number", parseDouble)
  }

  package func bytes(_ column: Column) throws(PostgresError) -> [UInt8] {
    try value(column, as: "bytea", parseHexadecimal)
  }

  package func optionalBytes(_ column: Column) throws(PostgresError) -> [UInt8]? {
    try optional(column, as: "bytea", parseHexadecimal)
  }

  /// The elements of a `text[]`, or of any array of one dimension, without NULL among them.
  package func strings(_ column: Column) throws(PostgresError) -> [String] {
    try value(column, as: "an array of text without NULL") { parseArray($0, parseText) }
  }

  /// The elements of a `text[]`, or of any array of one dimension.
  package func optionalStrings(_ column: Column) throws(PostgresError) -> [String?] {
    try value(column, as: "an array of text") { parseOptionalArray($0) }
  }

  package func ints(_ column: Column) throws(PostgresError) -> [Int] {
    try value(column, as: "an array of integers") { parseArray($0, parseElementInteger) }
  }

  /// A value of the caller's own type, from the field's text form.
  ///
  /// `expected` names the type in the error, such as "a uuid"; `parse` returns nil when the bytes,
  /// which it must not keep, are not of that form.
  package func value<Value>(
    _ column: Column,
    as expected: String,
    _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(PostgresError) -> Value {
    guard let value = try optional(column, as: expected, parse) else {
      throw .decoding(column: rows.name(of: column), expected: "\(expected), but NULL")
    }
    return value
  }

  /// A value of the caller's own type, nil for NULL.
  package func optional<Value>(
    _ column: Column,
    as expected: String,
    _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(PostgresError) -> Value? {
    guard let parsed = try rows.field(index, rows.index(of: column), parse) else { return nil }
    guard let value = parsed else {
      throw .decoding(column: rows.name(of: column), expected: expected)
    }
    return value
  }
}
