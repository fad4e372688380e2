package import Postgres
package import StrictJSON

extension Row {
  /// A `json` or `jsonb` column; null for SQL's NULL.
  package func json(_ column: Column) throws(PostgresError) -> JSON {
    guard let text = try optionalString(column) else { return .null }
    do {
      return try JSON(parsing: Array(text.utf8), depth: 128)
    } catch {
      throw .decoding(column: name(of: column), expected: "JSON (\(error))")
    }
  }
}
