/// Where the client gets the tokens of an account.
package protocol RDAccessTokens: Sendable {
  /// The token in use now.
  func accessToken(for integration: String) async throws -> String
  /// A token other than the one RD has just refused.
  ///
  /// Single-flight: of many calls with the same rejected token one refreshes, the others get its
  /// result. An `RDStationError` thrown here reaches the client's caller as it is.
  func renewedToken(for integration: String, insteadOf rejected: String) async throws -> String
  /// RD has refused this token though it was new: the login itself does not work.
  func refused(_ token: String, for integration: String) async throws
}

extension RDAccessTokens {
  package func refused(_ token: String, for integration: String) async throws {}
}

/// What a refresh yields.
///
/// Store both tokens in one step, and keep the previous refresh token until the new one has worked:
/// RD's documents disagree on whether it is replaced.
package struct RDTokenGrant: Sendable, Hashable {
  package let accessToken: String
  package let refreshToken: String
  /// 24 h in the classic family, 2 h in the newer.
  package let expiresIn: Duration

  package init(accessToken: String, refreshToken: String, expiresIn: Duration) {
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.expiresIn = expiresIn
  }
}

extension RDTokenGrant: CustomStringConvertible {
  package var description: String { "RDTokenGrant(valid for \(expiresIn))" }
}
