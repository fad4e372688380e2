import Belt
package import OutsideCalls

/// The sessions of all integrations at TOTVS CRM, kept in memory only, one an integration.
///
/// A refused password is never tried again: too many tries lock the user out. Only another login ends that.
package actor SessionLogins: Logins {
  /// Gives the login of an integration; nil where it has none.
  package typealias Secrets = @Sendable (_ integration: String) async throws -> TOTVSLogin?

  private let sessions: TOTVSSessions
  private let secrets: Secrets
  private var passes: [String: Pass] = [:]
  private var beginnings: [String: Task<Pass, any Error>] = [:]
  private var refusals: [String: TOTVSLogin] = [:]

  package init(_ sessions: TOTVSSessions, secrets: @escaping Secrets) {
    self.sessions = sessions
    self.secrets = secrets
  }

  package func pass(for integration: String) async throws -> Pass {
    if let pass = passes[integration] { return pass }
    return try await begun(for: integration)
  }

  package func renewedPass(for integration: String, insteadOf refused: Pass) async throws -> Pass {
    if passes[integration] == refused { passes[integration] = nil }
    return try await pass(for: integration)
  }

  package func refused(_ pass: Pass, for integration: String) {
    if passes[integration] == pass { passes[integration] = nil }
  }

  /// One beginning an integration at a time; the others wait for its result.
  private func begun(for integration: String) async throws -> Pass {
    if let beginning = beginnings[integration] { return try await beginning.value }
    let beginning = Task { try await begin(for: integration) }
    beginnings[integration] = beginning
    defer { beginnings[integration] = nil }
    return try await beginning.value
  }

  private func begin(for integration: String) async throws -> Pass {
    guard let login = try await secrets(integration) else { throw failure(.noLogin) }
    guard refusals[integration] != login else { throw failure(.loginDead) }
    do throws(CallError) {
      let pass = try await sessions.begin(login)
      passes[integration] = pass
      refusals[integration] = nil
      return pass
    } catch {
      if error.cause == .loginDead { refusals[integration] = login }
      throw error
    }
  }

  private func failure(_ cause: CallError.Cause) -> CallError {
    CallError(cause, of: .repeatable, at: .totvs)
  }
}
