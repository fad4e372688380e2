private import Glibc
import StrictJSON

/// Data on the standard output, talk on the standard error.
///
/// Nothing that a stranger wrote reaches a terminal as a command.
enum Terminal {
  static func say(_ text: String) { write(text.shownInLines + "\n", to: STDOUT_FILENO) }

  static func complain(_ text: String) { write(text.shownInLines + "\n", to: STDERR_FILENO) }

  /// One JSON value on one line.
  static func say(_ json: JSON) { say(json.text.shownAsJSON) }

  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Replaces the line of the last progress on a terminal; elsewhere each is a line of its own.
  static func progress(_ text: String) {
    if isInteractive {
      write("\r\u{1B}[K\(text)", to: STDOUT_FILENO)
    } else {
      say(text)
    }
  }

  static func endProgress() {
    if isInteractive { write("\n", to: STDOUT_FILENO) }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // Nobody reads any more: there is no one left to tell.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
