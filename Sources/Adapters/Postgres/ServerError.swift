/// What the server answered instead of a result.
///
/// `description` is safe to log. `message` and `detail` are not: they may quote the values of a row.
package struct ServerError: Error, Sendable, Equatable {
  package let state: SQLState
  package let message: String
  package let detail: String?
  package let constraint: String?
  package let table: String?

  package init(
    state: SQLState,
    message: String,
    detail: String? = nil,
    constraint: String? = nil,
    table: String? = nil
  ) {
    self.state = state
    self.message = message
    self.detail = detail
    self.constraint = constraint
    self.table = table
  }
}

extension ServerError: CustomStringConvertible {
  package var description: String {
    var text = "SQLSTATE \(state.rawValue)"
    if let table { text += ", table \(table)" }
    if let constraint { text += ", constraint \(constraint)" }
    return text
  }
}

// Without this, dumping the error in a debugger's or a test's format would print the message.
extension ServerError: CustomDebugStringConvertible {
  package var debugDescription: String { description }
}
