import OutsideCalls
import Logging
private import Metrics
import ServiceLifecycle
private import Synchronization
import Belt

/// Shows which logins at RD Station are dead, and tries each of them again when it is time: what waits for
/// it then goes on, though no message has come round to ask.
///
/// | metric | kind | labels | says |
/// | --- | --- | --- | --- |
/// | `login_dead` | gauge | integration | 1 while RD Station refuses the login, 0 once it works again |
final class LoginWatch: Service {
  private let resources: Resources
  private let logger: Logger
  private let pause: Pause
  private let deadNow = Mutex<[String]>([])

  init(_ resources: Resources, logger: Logger, pause: Pause = .real) {
    self.resources = resources
    self.logger = logger
    self.pause = pause
  }

  /// For people who look at the program's readiness; nil when all logins work.
  var note: String? {
    let dead = deadNow.withLock { $0 }
    guard !dead.isEmpty else { return nil }
    return
      "RD Station refuses the login of \(dead.joined(separator: ", ")); what is to be told there waits"
  }

  func run() async {
    await cancelWhenGracefulShutdown { await self.watch() }
  }

  /// Until it is cancelled.
  private func watch() async {
    while await pause.pause(for: .seconds(15)) {
      do {
        try await look()
      } catch {
        // The database is away, which others say loudly; the next look is soon.
        logger.debug("logins not looked at", metadata: ["reason": "\(type(of: error))"])
      }
    }
  }

  private func look() async throws {
    let dead = try await resources.logins.dead()
    var still: [String] = []
    for login in dead {
      if login.isDue, await resources.worksAgain(login.integration) { continue }
      still.append(login.integration)
    }
    let before = deadNow.withLock { known in
      defer { known = still }
      return known
    }
    for integration in Set(before).union(still).sorted() {
      let isDead = still.contains(integration)
      Gauge(label: "login_dead", dimensions: [("integration", integration)]).record(isDead ? 1 : 0)
      guard isDead != before.contains(integration) else { continue }
      let metadata: Logger.Metadata = ["integration.id": "\(integration)"]
      if isDead {
        logger.error("RD Station refuses the login; its messages wait", metadata: metadata)
      } else {
        logger.notice("the login at RD Station works again", metadata: metadata)
      }
    }
  }
}
