internal import SandboxLeads

/// The tokens of one account.
///
/// The first refresh token is `sandbox-refresh-<account>`; tokens name their account, so that no
/// look-up across accounts is needed. Assumed: refreshing does not end earlier access tokens.
struct RDLogin: Sendable {
  private let account: String
  private var accessTokens: [String: Timestamp] = [:]
  private var refreshTokens: Set<String>
  /// Refresh tokens that others have replaced.
  private var spent: Set<String> = []
  private var codes: [String: Timestamp] = [:]
  private var serial = 0

  init(account: String) {
    self.account = account
    refreshTokens = ["sandbox-refresh-\(account)"]
  }

  enum Check {
    case valid, expired, unknown
  }

  func check(_ token: String, now: Timestamp) -> Check {
    guard let end = accessTokens[token] else { return .unknown }
    return now < end ? .valid : .expired
  }

  mutating func expire(_ token: String) {
    if accessTokens[token] != nil { accessTokens[token] = Timestamp(milliseconds: 0) }
  }

  mutating func makeCode(now: Timestamp) -> String {
    serial += 1
    let code = "code.\(account).\(serial)"
    codes[code] = now.adding(seconds: 3600)
    return code
  }

  /// True once, within 60 minutes.
  mutating func use(code: String, now: Timestamp) -> Bool {
    guard let end = codes.removeValue(forKey: code) else { return false }
    return now < end
  }

  func knows(refreshToken: String) -> Bool { refreshTokens.contains(refreshToken) }

  /// Whether it was replaced: somebody may have stolen it.
  func hasSpent(refreshToken: String) -> Bool { spent.contains(refreshToken) }

  /// A new access token, and the refresh token to use from now on.
  ///
  /// Without an old refresh token, which is after the dialog, there always is a new one.
  mutating func grant(
    insteadOf refreshToken: String?,
    settings: RDSettings,
    now: Timestamp
  ) -> (access: String, refresh: String) {
    serial += 1
    let access = "sandbox.\(account).\(serial)"
    accessTokens[access] = now.adding(seconds: Int64(settings.tokenSeconds))
    if let refreshToken, !settings.rotatesRefreshTokens { return (access, refreshToken) }
    if let refreshToken {
      refreshTokens.remove(refreshToken)
      spent.insert(refreshToken)
    }
    let refresh = "sandbox-refresh-\(account).\(serial)"
    refreshTokens.insert(refresh)
    return (access, refresh)
  }

  /// Ends every token; only the dialog helps then.
  mutating func revoke() {
    accessTokens = [:]
    refreshTokens = []
  }

  /// The account that a token or code names.
  static func account(of token: String) -> String? {
    let refreshPrefix = "sandbox-refresh-"
    if token.hasPrefix(refreshPrefix) {
      return token.dropFirst(refreshPrefix.count).split(separator: ".").first.map(String.init)
    }
    let parts = token.split(separator: ".")
    guard parts.count == 3, parts[0] == "sandbox" || parts[0] == "code" else { return nil }
    return String(parts[1])
  }
}
