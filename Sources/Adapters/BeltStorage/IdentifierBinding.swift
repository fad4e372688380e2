package import Postgres
package import Belt

/// An identifier travels as the text of a uuid.
extension Identifier: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.text(description) }
}

extension Row {
  package func identifier(_ column: Column) throws(PostgresError) -> Identifier {
    guard let identifier = try optionalIdentifier(column) else {
      throw .decoding(column: name(of: column), expected: "a uuid, but NULL")
    }
    return identifier
  }

  package func optionalIdentifier(_ column: Column) throws(PostgresError) -> Identifier? {
    guard let text = try optionalString(column) else { return nil }
    guard let identifier = Identifier(text) else {
      throw .decoding(column: name(of: column), expected: "a uuid")
    }
    return identifier
  }
}
