import FoundationEssentials
import Glibc
import SystemPackage

/// What was cut off at the end of segments, for a person to look at.
///
/// Half a record that a kill left cannot be told from a whole one that the disk spoiled.
extension SpoolFolder {
  private static let tailEnding = ".tail"

  /// Keeps bytes beside the segment from which they are about to be cut; the disk has them once this
  /// returns.
  ///
  /// What is there already stays: a start that was killed in between finds the same again.
  ///
  /// - Returns: The file's name.
  func keepTail(_ bytes: ArraySlice<UInt8>, of number: Int) throws(SpoolError) -> String {
    let name = FilePath(name(number).string + Self.tailEnding)
    try Self.trying {
      let file = try FileDescriptor.open(
        name,
        .writeOnly,
        options: [.create, .append, .closeOnExec],
        permissions: .ownerReadWrite
      )
      try file.closeAfter {
        _ = try file.writeAll(bytes)
        try Self.check(fsync(file.rawValue))
      }
      try Self.sync(path)
    }
    return name.lastComponent?.string ?? ""
  }

  /// Removes the oldest tails until the others take at most so many bytes; the newest always stays.
  ///
  /// - Returns: The bytes of those that stay.
  func boundTails(to bytesMax: Int) throws(SpoolError) -> Int {
    try Self.trying {
      let names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        .filter { $0.hasSuffix(Self.tailEnding) }
        .sorted(by: >)
      var bytes = 0
      var isNewest = true
      for name in names {
        let file = path.appending(name)
        let size = try size(of: file)
        if isNewest || bytes + size <= bytesMax {
          bytes += size
        } else {
          try Self.check(unlink(file.string))
        }
        isNewest = false
      }
      return bytes
    }
  }

  private func size(of name: FilePath) throws -> Int {
    let file = try FileDescriptor.open(name, .readOnly, options: .closeOnExec)
    return try file.closeAfter { Int(try file.seek(offset: 0, from: .end)) }
  }
}
