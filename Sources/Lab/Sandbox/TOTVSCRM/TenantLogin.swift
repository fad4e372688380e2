internal import SandboxLeads

/// The integration's user of one tenant and her sessions.
///
/// Assumed: five wrong passwords in a row lock the user until somebody at the screen gives another one.
struct TenantLogin: Sendable {
  static let failuresMax = 5

  let user: String
  var password = "sandbox-secret" {
    didSet { failures = 0 }
  }
  private let tenant: String
  private var sessions: [String: Timestamp] = [:]
  private var serial = 0
  private var failures = 0

  init(tenant: String) {
    self.tenant = tenant
    user = "integracao@\(tenant).example"
  }

  var isLocked: Bool { failures >= Self.failuresMax }

  /// A new session; nil for a wrong user or password.
  mutating func begin(user: String, password: String, until end: Timestamp) -> String? {
    guard !isLocked, user == self.user, password == self.password else {
      failures += 1
      return nil
    }
    failures = 0
    serial += 1
    let session = "\(tenant).\(serial)"
    sessions[session] = end
    return session
  }

  func isValid(_ session: String, now: Timestamp) -> Bool {
    sessions[session].map { now < $0 } ?? false
  }

  mutating func end(_ session: String) { sessions[session] = nil }

  mutating func endAll() { sessions = [:] }

  /// The tenant that a session names.
  static func tenant(of session: String) -> String? {
    session.split(separator: ".").first.map(String.init)
  }
}
