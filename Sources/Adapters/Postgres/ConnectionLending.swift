// How the pool lends a connection: what happens around a body.

extension PostgresConnection {
  /// How a body that was lent this connection ended.
  enum Use<Value: Sendable, Failure: Error>: Sendable {
    /// The session turned out to be lost before the body began.
    case dead
    case ended(Result<Value, Failure>, usable: Bool)
  }

  /// Runs a body, and rolls back what it left open.
  ///
  /// With `check` the server is asked first if the session still stands.
  func use<Value: Sendable, Failure: Error>(
    check: Bool,
    _ body: @Sendable (isolated PostgresConnection) throws(Failure) -> Value
  ) -> Use<Value, Failure> {
    guard isAlive(asking: check) else { return .dead }
    let result: Result<Value, Failure>
    do throws(Failure) {
      result = .success(try body(self))
    } catch {
      result = .failure(error)
    }
    return .ended(result, usable: clean())
  }

  /// How one attempt at a transaction ended.
  enum Attempt<Value: Sendable>: Sendable {
    case dead
    case ended(Result<Value, any Error>, repeatable: Repeatable, usable: Bool)
  }

  /// Why the same body may be run again at once.
  enum Repeatable: Sendable { case no, afterConflict, afterStaleStatement }

  /// Runs a body as a transaction, once.
  func attempt<Value: Sendable>(
    check: Bool,
    _ body: @Sendable (isolated PostgresConnection) throws -> Value
  ) -> Attempt<Value> {
    guard isAlive(asking: check) else { return .dead }
    hasStaleStatement = false
    transaction = .pending
    let result = Result { () throws -> Value in
      let value = try body(self)
      switch transaction {
      case .open: try commit()
      // A body that swallowed an error must not be taken for committed.
      case .failed(let error): throw PostgresError.server(error)
      case .pending, .committed, .none: break
      }
      return value
    }
    let usable = clean()
    return .ended(result, repeatable: usable ? repeatable(result) : .no, usable: usable)
  }

  private func repeatable<Value>(_ result: Result<Value, any Error>) -> Repeatable {
    guard case .failure(let error) = result else { return .no }
    if hasStaleStatement { return .afterStaleStatement }
    return (error as? PostgresError)?.isTransient == true ? .afterConflict : .no
  }

  private func isAlive(asking: Bool) -> Bool {
    guard let session, session.isQuiet() else { return false }
    guard asking else { return true }
    do throws(PostgresError) {
      try run("select 1")
      return true
    } catch {
      return false
    }
  }

  /// Leaves no transaction behind; gives up a session that cannot be cleaned, and says so.
  private func clean() -> Bool {
    transaction = .none
    guard let session, session.isOpen else { return false }
    if !session.isOutsideTransaction { session.rollBack() }
    return session.isOpen
  }
}
