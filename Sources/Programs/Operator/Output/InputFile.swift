import FoundationEssentials
private import Glibc
import Operations

/// A file that the operator names.
enum InputFile {
  private static let bytesMax = 1 << 20

  /// Its bytes, at most 1 MiB; `-` reads the standard input, and a pipe is read to its end.
  ///
  /// - Throws: ``Refusal`` that says why it cannot be read, or that it is larger.
  static func read(_ name: String) throws -> [UInt8] {
    let descriptor = name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(name, errno) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    let (bytes, fault) = readAll(of: descriptor)
    guard fault == 0 else { throw unreadable(name, fault) }
    guard bytes.count <= bytesMax else {
      throw Refusal(.invalid, "file_too_large", "the file \(name) is larger than 1 MiB")
    }
    return bytes
  }

  /// Everything until the end, or some bytes more than allowed; and the number of the error, or 0.
  private static func readAll(of descriptor: Int32) -> (bytes: [UInt8], fault: Int32) {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while all.count <= bytesMax {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        return (all, errno)
      }
      all += chunk[..<count]
    }
    return (all, 0)
  }

  private static func unreadable(_ name: String, _ fault: Int32) -> Refusal {
    let why =
      switch fault {
      case ENOENT: "there is none"
      case EISDIR: "it is a folder"
      case EACCES, EPERM: "this user may not read it"
      default: String(cString: strerror(fault))
      }
    let what = name == "-" ? "the standard input" : "the file \(name)"
    return Refusal(.invalid, "file_unreadable", "\(what) cannot be read: \(why)")
  }
}
