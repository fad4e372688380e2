import Logging
import Synchronization

/// What was logged, one line an event.
final class LogLines: Sendable {
  private let captured = Mutex<[String]>([])

  var lines: [String] { captured.withLock { $0 } }

  func contains(_ part: String) -> Bool { lines.contains { $0.contains(part) } }

  var handler: any LogHandler { Handler(log: self) }

  private struct Handler: LogHandler {
    let log: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
      log.captured.withLock { $0.append(line) }
    }
  }
}
