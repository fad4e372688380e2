import Logging
import Observability
import Synchronization

/// What the programs would write to standard error, kept.
final class Lines: Sendable {
  private let kept = Mutex<[String]>([])

  /// Writes as the programs do, at every level.
  var logger: Logger {
    Logger(label: "security") { _ in
      LogfmtHandler(program: "security", level: .trace) { line in
        self.kept.withLock { $0.append(line) }
      }
    }
  }

  var all: [String] { kept.withLock { $0 } }
  var text: String { all.joined() }
}
