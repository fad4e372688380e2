import Leads
import Postgres
package import Belt

/// The integrations of a batch whose login is dead.
///
/// What waits for one costs no calls, no effects and no attempts, and goes on by itself.
struct LoginHolds {
  /// How many messages of each may go on, to find out whether it still is.
  private var left: [String: Int] = [:]

  mutating func hold(_ integration: String, isRefused: Bool) {
    left[integration] = isRefused ? 0 : 1
  }

  /// Why a message waits; nil when it need not.
  mutating func hold(of message: Message) -> Reason? {
    guard let left = left[message.integration] else { return nil }
    self.left[message.integration] = max(0, left - 1)
    return left > 0 ? nil : .loginDead(message.integration)
  }
}

extension Message {
  /// How long to wait for a login that works: soon enough while somebody may be about to connect it, and
  /// more seldom while nobody does.
  package var waitForLogin: Duration {
    switch deferrals {
    case ..<12: .seconds(30)
    case ..<120: .seconds(60)
    default: .seconds(300)
    }
  }
}

extension Reason {
  /// A wait for the same cause as before is not told again.
  package func isNews(to message: Message) -> Bool {
    message.deferrals == 0 || message.cause != code
  }

  /// RD Station refuses the integration's login.
  package static func loginDead(_ integration: String) -> Reason {
    Reason(
      "rd_login_dead",
      "RD Station refuses the login; this waits until the account is connected again: "
        + "esteira connect \(integration)"
    )
  }

  /// There is no login, or it cannot be read here.
  package static func noLogin(_ integration: String) -> Reason {
    Reason(
      "rd_no_token",
      "The login at RD Station is missing or cannot be read; this waits until it can. See: "
        + "esteira doctor"
    )
  }
}
