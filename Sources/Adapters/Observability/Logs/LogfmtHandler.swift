private import Glibc
package import Logging

/// Writes one line an entry to standard error: `time=… level=… program=… msg="…" key=value …`.
///
/// What comes from outside cannot begin a line of its own: line ends and control characters are escaped.
package struct LogfmtHandler: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let program: String
  private let write: @Sendable (String) -> Void

  package init(
    program: String,
    level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = writeToStandardError
  ) {
    self.program = program
    logLevel = level
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let own = event.metadata { all.merge(own) { _, new in new } }
    if let error = event.error { all["error"] = "\(error)" }
    var line = "time=\(timestamp()) level=\(event.level) program=\(quoted(program))"
    line += " msg=\(quoted("\(event.message)"))"
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(quoted("\(value)"))"
    }
    write(line + "\n")
  }
}

/// One call, so that lines of several threads and programs do not mix.
@Sendable package func writeToStandardError(_ line: String) {
  _ = Array(line.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Bare when it is one plain word, else in quotes.
private func quoted(_ value: String) -> String {
  let isPlain =
    !value.isEmpty
    && value.unicodeScalars.allSatisfy {
      $0 != " " && $0 != "\"" && $0 != "=" && $0 != "\\" && !$0.isTreacherous
    }
  if isPlain { return value }
  var text = "\""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case _ where scalar.isTreacherous: text += "\u{FFFD}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "\""
}

extension Unicode.Scalar {
  /// What ends a line, moves a terminal's cursor, or turns the order of the letters around.
  fileprivate var isTreacherous: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

/// UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`.
private func timestamp() -> String {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  var parts = tm()
  gmtime_r(&now.tv_sec, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  let milliseconds = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
  return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(milliseconds)Z"
}
