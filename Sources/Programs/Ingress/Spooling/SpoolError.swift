import SystemPackage

/// Why a message is not in the spool.
enum SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bound on its bytes is reached.
  case full
  /// The disk did not have it in time; it may still come to be there.
  case tooSlow
  /// The system refused, such as for want of room on the disk.
  case storage(Errno)
  /// Another process uses the folder.
  case inUse
  case closed

  var description: String {
    switch self {
    case .full: "the spool is full"
    case .tooSlow: "the disk of the spool is too slow"
    case .storage(let error): "the spool cannot be written: \(error)"
    case .inUse: "another process uses the spool's folder"
    case .closed: "the program is stopping"
    }
  }

  /// A constant for logs.
  var code: String {
    switch self {
    case .full: "spool_full"
    case .tooSlow: "spool_slow"
    case .storage: "spool_failed"
    case .inUse: "spool_in_use"
    case .closed: "shutting_down"
    }
  }
}
