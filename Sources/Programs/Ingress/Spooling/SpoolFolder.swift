import FoundationEssentials
import Glibc
import SystemPackage

/// The files of one spool: segments named by a number that only grows, and how far they were replayed.
///
/// Every call blocks: only the spool's own thread makes them.
struct SpoolFolder: Sendable {
  let path: FilePath

  private static let ending = ".spool"

  /// Makes the folder and those above it when they are missing.
  init(_ path: FilePath) throws(SpoolError) {
    self.path = path
    try Self.trying {
      var folder = FilePath(root: path.root, [])
      for component in path.components {
        folder.append(component)
        // Bodies are personal data: nobody else may look.
        if mkdir(folder.string, 0o700) == 0 {
          try Self.sync(folder.removingLastComponent())
        } else if errno != EEXIST {
          throw Errno(rawValue: errno)
        }
      }
    }
  }

  /// Keeps other processes out for as long as the descriptor is open.
  func lock() throws(SpoolError) -> FileDescriptor {
    try Self.trying {
      let file = try FileDescriptor.open(
        path.appending("lock"),
        .readWrite,
        options: [.create, .closeOnExec],
        permissions: .ownerReadWrite
      )
      guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        try file.close()
        throw SpoolError.inUse
      }
      return file
    }
  }

  /// The numbers of all segments, oldest first.
  func segments() throws(SpoolError) -> [Int] {
    try Self.trying {
      try FileManager.default.contentsOfDirectory(atPath: path.string)
        .compactMap { $0.hasSuffix(Self.ending) ? Int($0.dropLast(Self.ending.count)) : nil }
        .sorted()
    }
  }

  /// A new segment, known to the folder for good once this returns.
  func create(_ number: Int) throws(SpoolError) -> FileDescriptor {
    let name = self.name(number)
    return try Self.trying {
      let file = try FileDescriptor.open(
        name,
        .writeOnly,
        options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite
      )
      do {
        try Self.sync(path)
      } catch {
        try file.close()
        throw error
      }
      return file
    }
  }

  /// What a segment has from an offset on.
  func read(_ number: Int, from offset: Int = 0) throws(SpoolError) -> [UInt8] {
    let name = self.name(number)
    return try Self.trying { try read(name, from: offset) }
  }

  private func read(_ name: FilePath, from offset: Int = 0) throws -> [UInt8] {
    let file = try FileDescriptor.open(name, .readOnly, options: .closeOnExec)
    return try file.closeAfter {
      let size = max(0, Int(try file.seek(offset: 0, from: .end)) - offset)
      return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
          let read = try file.read(
            fromAbsoluteOffset: Int64(offset + count),
            into: UnsafeMutableRawBufferPointer(rest)
          )
          guard read > 0 else { return }
          count += read
        }
      }
    }
  }

  func cut(_ number: Int, to bytes: Int) throws(SpoolError) {
    let name = self.name(number)
    try Self.trying {
      let file = try FileDescriptor.open(name, .readWrite, options: .closeOnExec)
      try file.closeAfter {
        try file.resize(to: Int64(bytes))
        try Self.check(fsync(file.rawValue))
      }
    }
  }

  func remove(_ number: Int) throws(SpoolError) {
    let name = self.name(number)
    try Self.trying { try Self.check(unlink(name.string)) }
  }

  /// Takes a segment out of the spool and keeps it for a person.
  func setAside(_ number: Int) throws(SpoolError) {
    let name = self.name(number)
    try Self.trying { try Self.check(rename(name.string, name.string + ".damaged")) }
  }

  /// How far was replayed at least: what is behind it need not be sent again.
  func position() throws(SpoolError) -> SpoolPosition? {
    let name = path.appending("position").string
    return try Self.trying {
      guard FileManager.default.fileExists(atPath: name) else { return nil }
      let text = String(decoding: try read(path.appending("position")), as: UTF8.self)
      let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      return numbers.count == 2 ? SpoolPosition(segment: numbers[0], offset: numbers[1]) : nil
    }
  }

  /// Without a wait for the disk: an older position only replays more.
  func setPosition(_ position: SpoolPosition) throws(SpoolError) {
    let name = path.appending("position").string
    try Self.trying {
      let file = try FileDescriptor.open(
        FilePath(name + ".new"),
        .writeOnly,
        options: [.create, .truncate, .closeOnExec],
        permissions: .ownerReadWrite
      )
      try file.closeAfter {
        _ = try file.writeAll("\(position.segment) \(position.offset)\n".utf8)
      }
      try Self.check(rename(name + ".new", name))
    }
  }

  /// Waits until the disk has the names in a folder.
  static func sync(_ path: FilePath) throws {
    let path = path.isEmpty ? "." : path
    let folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    try folder.closeAfter { try check(fsync(folder.rawValue)) }
  }

  func name(_ number: Int) -> FilePath {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 12 - digits.count))
    return path.appending(zeros + digits + Self.ending)
  }

  static func check(_ status: Int32) throws {
    if status != 0 { throw Errno(rawValue: errno) }
  }

  /// Turns what the system throws into our error.
  static func trying<Answer>(_ body: () throws -> Answer) throws(SpoolError) -> Answer {
    do {
      return try body()
    } catch let error as SpoolError {
      throw error
    } catch let error as Errno {
      throw .storage(error)
    } catch {
      // Foundation's, which lists the folder: it existed a moment ago.
      throw .storage(.ioError)
    }
  }
}

/// A place between two records.
struct SpoolPosition: Sendable, Equatable {
  var segment: Int
  var offset: Int
}
