/// One statement with its parameters.
///
/// Written as a literal, `"select name from lead where id = \(id)::uuid"`: what is interpolated
/// becomes `$1`, `$2`, … and is sent apart from the text, so no value can become part of the
/// statement. There is deliberately no initialiser from a `String` made at run time.
package struct SQL: Sendable {
  /// What the server prepares, with `$n` in the place of values.
  package private(set) var text: String
  private(set) var parameters: ParameterWriter
  // Where the placeholders begin in the text, in UTF-8 units, so that statements can be joined.
  private var placeholders: [Int]

  /// Joins two fragments; the parameters of the second are numbered on.
  package static func + (left: SQL, right: SQL) -> SQL {
    var joined = left
    joined.append(right)
    return joined
  }

  package static func += (left: inout SQL, right: SQL) { left.append(right) }

  fileprivate mutating func appendPlaceholder() {
    placeholders.append(text.utf8.count)
    text += "$\(placeholders.count)"
  }

  private mutating func append(_ other: SQL) {
    var rest = other.text.utf8[...]
    var consumed = 0
    for (index, placeholder) in other.placeholders.enumerated() {
      text += Substring(rest.prefix(placeholder - consumed))
      rest = rest.dropFirst(placeholder - consumed)
      appendPlaceholder()
      // A dollar sign and the old number.
      let old = 1 + String(index + 1).utf8.count
      rest = rest.dropFirst(old)
      consumed = placeholder + old
    }
    text += Substring(rest)
    parameters.append(other.parameters)
  }
}

extension SQL: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) {
    self.text = text
    parameters = ParameterWriter()
    placeholders = []
  }

  package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  /// Collects the pieces of an interpolated literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql: SQL

    package init(literalCapacity: Int, interpolationCount: Int) {
      sql = SQL(capacity: literalCapacity, parameters: interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { sql.text += literal }

    /// Binds a value as the next parameter.
    package mutating func appendInterpolation(_ value: some Bindable) {
      sql.appendPlaceholder()
      value.bind(into: &sql.parameters)
    }

    /// Binds a value or NULL.
    ///
    /// An optional is bindable by itself; but the compiler takes an interpolated one for a slip and
    /// warns, unless the parameter is declared as an optional.
    package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
      sql.appendPlaceholder()
      value.bind(into: &sql.parameters)
    }

    /// Puts in a fragment with parameters of its own.
    package mutating func appendInterpolation(_ fragment: SQL) { sql += fragment }

    /// Puts in text as it is, for names of tables and columns that are written in our source.
    package mutating func appendInterpolation(raw text: StaticString) {
      sql.text += text.description
    }

    /// Puts in a number as it is, for names that are counted.
    mutating func appendInterpolation(number: Int) { sql.text += String(number) }
  }

  private init(capacity: Int, parameters count: Int) {
    text = ""
    text.reserveCapacity(capacity + 3 * count)
    parameters = ParameterWriter(capacity: count)
    placeholders = []
    placeholders.reserveCapacity(count)
  }
}
