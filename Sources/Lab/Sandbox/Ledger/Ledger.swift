private import Glibc
internal import Logging
private import SandboxLeads
internal import StrictJSON
private import Synchronization

/// Every effect on an outside system, in order; nothing is ever removed or changed.
///
/// The numbers start at 1 with each start of the program.
final class Ledger: Sendable {
  struct Entry {
    var system: String
    var account: String
    var effect: String
    var contact: String?
    var identifier: String?
    var marker: String?
    var value: JSON = .null
    var status: String
  }

  private struct State {
    var lines: [[UInt8]] = []
  }

  private let state = Mutex(State())
  private let file: Int32?
  private let logger: Logger

  /// The file, if one is given, is appended to, and made when missing.
  init(file: String? = nil, logger: Logger) throws(LedgerFileError) {
    self.logger = logger
    if let file {
      let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw LedgerFileError(errno: errno) }
      self.file = descriptor
    } else {
      self.file = nil
    }
  }

  deinit {
    if let file { close(file) }
  }

  func append(_ entry: Entry) {
    let now = WallClock.now().utcMilliseconds
    state.withLock { state in
      let json: JSON = [
        "seq": .number(state.lines.count + 1), "at": .string(now),
        "system": .string(entry.system), "account": .string(entry.account),
        "effect": .string(entry.effect), "contact": .optional(entry.contact),
        "identifier": .optional(entry.identifier), "marker": .optional(entry.marker),
        "value": entry.value, "status": .string(entry.status),
      ]
      let line = json.encoded + [UInt8(ascii: "\n")]
      state.lines.append(line)
      if let file, write(file, line, line.count) != line.count {
        logger.error("ledger file not written", metadata: ["errno": "\(errno)"])
      }
    }
  }

  /// At most `limit` lines after the one with that number.
  func lines(after sequence: Int, limit: Int) -> ArraySlice<[UInt8]> {
    state.withLock { state in state.lines.dropFirst(max(0, sequence)).prefix(limit) }
  }
}

struct LedgerFileError: Error, CustomStringConvertible {
  let errno: Int32

  var description: String { "the ledger file cannot be opened (errno \(errno))" }
}
