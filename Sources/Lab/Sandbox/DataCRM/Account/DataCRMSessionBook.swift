private import Crypto
internal import SandboxLeads

/// Challenges and sessions of one account.
struct DataCRMSessionBook: Sendable {
  private struct Session: Sendable {
    let user: Int
    let began: Timestamp
    var used: Timestamp
  }

  /// One live challenge a user.
  private var challenges: [Int: (token: String, end: Timestamp)] = [:]
  private var replaced: Set<String> = []
  private var sessions: [String: Session] = [:]
  private var serial = 0
  private(set) var logins = 0

  /// Ends the user's earlier challenge.
  mutating func challenge(of user: DataCRMAccount.User, now: Timestamp, _ settings: DataCRMSettings)
    -> (token: String, end: Timestamp)
  {
    serial += 1
    if let earlier = challenges[user.number] {
      replaced.insert(Self.digest(earlier.token + user.accessKey))
    }
    let challenge = (
      token: "challenge\(serial)", end: now.adding(seconds: Int64(settings.challengeSeconds))
    )
    challenges[user.number] = challenge
    return challenge
  }

  mutating func login(
    _ user: DataCRMAccount.User,
    accessKey: String,
    now: Timestamp,
    _ settings: DataCRMSettings
  ) throws(Refusal) -> String {
    guard let challenge = challenges[user.number], now < challenge.end else {
      throw DataCRMErrors.badToken
    }
    guard accessKey == Self.digest(challenge.token + user.accessKey), user.isActive else {
      let isReplaced = replaced.contains(accessKey) && !settings.replacedChallengeIsCredentials
      throw isReplaced ? DataCRMErrors.badToken : DataCRMErrors.badCredentials
    }
    serial += 1
    logins += 1
    let name = "session\(serial)"
    sessions[name] = Session(user: user.number, began: now, used: now)
    return name
  }

  /// The number of the session's user.
  mutating func user(of name: String?, now: Timestamp, _ settings: DataCRMSettings)
    throws(Refusal) -> Int
  {
    guard let name else { throw DataCRMErrors.noSession }
    guard let session = sessions[name] else { throw DataCRMErrors.badSession }
    guard now < session.began.adding(seconds: Int64(settings.sessionSeconds)) else {
      throw DataCRMErrors.oldSession
    }
    guard now < session.used.adding(seconds: Int64(settings.idleSeconds)) else {
      throw DataCRMErrors.idleSession
    }
    sessions[name]?.used = now
    return session.user
  }

  func hasChallenge(of user: Int) -> Bool { challenges[user] != nil }

  mutating func end(_ name: String) { sessions[name] = nil }

  mutating func endAll() { sessions = [:] }

  static func digest(_ text: String) -> String {
    Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
      String(UInt16(byte) + 0x100, radix: 16).dropFirst()
    }.joined()
  }
}
