package import Logging
private import Synchronization

/// What was logged, one line an event.
package final class LogLines: Sendable {
  private let captured = Mutex<[String]>([])

  package init() {}

  package var lines: [String] { captured.withLock { $0 } }

  package func contains(_ part: String) -> Bool { lines.contains { $0.contains(part) } }

  /// Keeps every level.
  package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

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
