import ArgumentParser

/// How much of a list a person wants to see.
enum ListLimit {
  /// - Throws: `ValidationError` for less than one, or more than that.
  static func check(_ limit: Int, upTo most: Int = 100_000) throws {
    guard (1...most).contains(limit) else { throw ValidationError("--limit is from 1 to \(most)") }
  }
}
