private import Glibc
package import StrictJSON

/// Data on the standard output, talk on the standard error.
///
/// Nothing that a stranger wrote reaches a terminal as a command.
package enum Terminal {
  package static func say(_ text: String) { write(text.shownInLines + "\n", to: STDOUT_FILENO) }

  package static func complain(_ text: String) {
    write(text.shownInLines + "\n", to: STDERR_FILENO)
  }

  /// One JSON value on one line.
  package static func say(_ json: JSON) { say(json.text.shownAsJSON) }

  package static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Replaces the line of the last progress on a terminal; elsewhere each is a line of its own.
  package static func progress(_ text: String) {
    if isInteractive {
      write("\r\u{1B}[K\(text)", to: STDOUT_FILENO)
    } else {
      say(text)
    }
  }

  package static func endProgress() {
    if isInteractive { write("\n", to: STDOUT_FILENO) }
  }

  /// Half an answer must not look like a whole one to the script that asked.
  private static func giveUp(_ fault: Int32) -> Never {
    complain("esteira: the output cannot be written: \(String(cString: strerror(fault)))")
    exit(ExitStatus.failed)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else {
        if errno == EINTR { continue }
        // Nobody reads any more: there is no one left to tell.
        if errno != EPIPE, descriptor == STDOUT_FILENO { giveUp(errno) }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
