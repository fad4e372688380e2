import FoundationEssentials
private import Glibc

enum StandardInput {
  /// Everything until the end, or one byte more than allowed; nil when it cannot be read.
  static func read(atMost limit: Int) -> Data? {
    var all = Data()
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while all.count <= limit {
      let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
      guard count >= 0 else { return nil }
      if count == 0 { break }
      all.append(contentsOf: chunk[..<count])
    }
    return all
  }
}
