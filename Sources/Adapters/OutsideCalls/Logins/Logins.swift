package import Belt

/// What opens an account for one call, and what carries it.
package struct Pass: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  enum Carrier: Sendable, Hashable {
    case header(String, value: String)
    /// Of the form, where the call has one, else of the query.
    case parameter(String)
  }

  let token: String
  let carrier: Carrier

  /// An access token of OAuth 2.
  package static func bearer(_ token: String) -> Pass {
    Pass(token: token, carrier: .header("Authorization", value: "Bearer \(token)"))
  }

  /// A parameter of that name, for a system that takes it among what is asked.
  package static func parameter(_ name: String, _ token: String) -> Pass {
    Pass(token: token, carrier: .parameter(name))
  }

  /// A session that the system knows by a cookie.
  package static func cookie(_ name: String, _ session: String) -> Pass {
    Pass(token: session, carrier: .header("Cookie", value: "\(name)=\(session)"))
  }

  package var description: String { "Pass" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where calls get what opens the account of an integration, however the system logs in.
///
/// A ``CallError`` thrown here whose meaning is a wait or a login reaches the caller with that cause.
package protocol Logins: Sendable {
  /// The pass in use now.
  func pass(for integration: String) async throws -> Pass
  /// A pass other than the one that has just been refused.
  ///
  /// Single-flight: of many calls with the same refused pass one renews it, the others get its result.
  func renewedPass(for integration: String, insteadOf refused: Pass) async throws -> Pass
  /// This pass was refused though it was new: the login itself does not work.
  func refused(_ pass: Pass, for integration: String) async throws
}

extension Logins {
  package func refused(_ pass: Pass, for integration: String) async throws {}
}

/// How a system hands out tokens of OAuth 2 for a refresh token.
package protocol TokenGrants: Sendable {
  var system: OutsideSystem { get }

  /// Exchanges a refresh token for a new access token.
  ///
  /// One at a time per account: when the account rotates refresh tokens, the second of two loses.
  ///
  /// - Throws: ``CallError``, of cause `.loginDead` when the refresh token or the application is no
  ///   longer known; where the answer was lost, the same refresh token may be tried again.
  func refresh(clientID: String, clientSecret: String, refreshToken: String)
    async throws(CallError) -> TokenGrant

  /// Exchanges the code that the system's dialog hands out for a login; it works once.
  ///
  /// - Throws: ``CallError``, of cause `.loginDead` when the code was used or is another application's.
  func exchange(clientID: String, clientSecret: String, code: String) async throws(CallError)
    -> TokenGrant

  /// The name of the account that a token opens: the smallest call that proves it.
  ///
  /// - Returns: Nil when the system tells none.
  /// - Throws: ``CallError``, of cause `.loginDead` when the token is refused.
  func account(openedBy accessToken: String) async throws(CallError) -> String?
}

/// What a refresh yields.
///
/// Store both tokens in one step, and keep the previous refresh token until the new one has worked:
/// documents disagree on whether it is replaced.
package struct TokenGrant: Sendable, Hashable {
  package let accessToken: String
  package let refreshToken: String
  package let expiresIn: Duration

  package init(accessToken: String, refreshToken: String, expiresIn: Duration) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.expiresIn = expiresIn
  }

  var seconds: Int { Int(expiresIn.components.seconds) }
}

extension TokenGrant: CustomStringConvertible {
  package var description: String { "TokenGrant(valid for \(expiresIn))" }
}
