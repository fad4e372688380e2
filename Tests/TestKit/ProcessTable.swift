package import Foundation
private import Glibc

/// What the system says of processes.
enum ProcessTable {
  /// Dead ones that nobody has collected yet are not running.
  static func isRunning(_ process: pid_t) -> Bool {
    guard let state = fields(of: process)?[0] else { return false }
    return state != "Z" && state != "X"
  }

  /// State and parent, then much else; nil when there is no such process.
  static func fields(of process: pid_t) -> [Substring]? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return nil
    }
    // They follow the name, which stands in parentheses and may hold anything.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? fields : nil
  }
}

extension Process {
  /// Holds the thread until the process has ended.
  ///
  /// Foundation's `waitUntilExit` was seen to wait for ever for a shell that had ended.
  package func waitUntilEnded() {
    while ProcessTable.isRunning(processIdentifier) { usleep(2_000) }
  }
}
