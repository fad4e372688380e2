import FoundationEssentials

/// A file that the operator names.
enum InputFile {
  /// Its bytes, at most 1 MiB; `-` reads the standard input.
  ///
  /// - Throws: ``Refusal`` when it cannot be read or is larger.
  static func read(_ name: String) throws -> [UInt8] {
    let read =
      name == "-" ? StandardInput.read(atMost: 1 << 20) : FileManager.default.contents(atPath: name)
    guard let bytes = read else {
      throw Refusal("the file \(name) cannot be read", code: Refusal.usage)
    }
    guard bytes.count <= 1 << 20 else {
      throw Refusal("the file \(name) is larger than 1 MiB", code: Refusal.usage)
    }
    return Array(bytes)
  }
}
