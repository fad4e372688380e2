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
    return left > 0 ? nil : .loginDead(of: message.integration, at: .rdStation)
  }
}

extension Reason {
  /// A wait for the same cause as before is not told again.
  package func isNews(to message: Message) -> Bool {
    message.deferrals == 0 || message.cause != code
  }
}
