/// One statement with its parameters.
///
/// Written as a literal, `"select name from lead where id = \(id)::uuid"`: what is interpolated
/// becomes `$1`, `$2`, … and is sent apart from the text, so no value can become part of the
/// statement. There is deliberately no initialiser from a `String` made at run time.
package struct SQL: Sendable {
  private(set) var parameters: ParameterWriter
  // What stands before, between and behind the parameters, so that statements are joined without a look
  // at their text.
  private var pieces: [String]

  /// What the server prepares, with `$n` in the place of values; made at each call.
  package var text: String {
    var text = pieces[0]
    text.reserveCapacity(pieces.reduce(0) { $0 + $1.utf8.count + 4 })
    for (number, piece) in pieces.enumerated().dropFirst() { text += "$\(number)\(piece)" }
    return text
  }

  /// What no statement can hold.
  var hasZeroByte: Bool { pieces.contains { $0.utf8.contains(0) } }

  /// Joins two fragments; the parameters of the second are numbered on.
  package static func + (left: SQL, right: SQL) -> SQL {
    var joined = left
    joined += right
    return joined
  }

  package static func += (left: inout SQL, right: SQL) {
    left.append(right.pieces[0])
    left.pieces += right.pieces.dropFirst()
    left.parameters.append(right.parameters)
  }

  fileprivate mutating func append(_ text: String) { pieces[pieces.count - 1] += text }

  fileprivate mutating func append(_ value: some Bindable) {
    pieces.append("")
    value.bind(into: &parameters)
  }
}

extension SQL: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) {
    pieces = [text]
    parameters = ParameterWriter()
  }

  package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  /// Collects the pieces of an interpolated literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql: SQL

    package init(literalCapacity _: Int, interpolationCount: Int) {
      sql = SQL(parameters: interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { sql.append(literal) }

    /// Binds a value as the next parameter.
    package mutating func appendInterpolation(_ value: some Bindable) {
      sql.append(value)
    }

    /// Binds a value or NULL.
    ///
    /// An optional is bindable by itself; but the compiler takes an interpolated one for a slip and
    /// warns, unless the parameter is declared as an optional.
    package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
      sql.append(value)
    }

    /// Puts in a fragment with parameters of its own.
    package mutating func appendInterpolation(_ fragment: SQL) { sql += fragment }

    /// Puts in text as it is, for names of tables and columns that are written in our source.
    package mutating func appendInterpolation(raw text: StaticString) {
      sql.append(text.description)
    }

    /// Puts in a number as it is, for names that are counted.
    mutating func appendInterpolation(number: Int) { sql.append(String(number)) }
  }

  private init(parameters count: Int) {
    pieces = [""]
    pieces.reserveCapacity(count + 1)
    parameters = ParameterWriter(capacity: count)
  }
}
