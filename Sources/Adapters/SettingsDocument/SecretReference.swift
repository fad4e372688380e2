private import FoundationEssentials

/// Where a secret is to be found; the document never holds the secret itself.
package enum SecretReference: Sendable, Hashable {
  /// `env:NAME`: a variable of the program that applies the document.
  case variable(String)
  /// `file:PATH`: the file's text without white space at its ends.
  case file(String)

  /// Nil for any other form.
  package init?(_ text: String) {
    if text.hasPrefix("env:"), text.utf8.count > 4 {
      self = .variable(String(text.dropFirst(4)))
    } else if text.hasPrefix("file:"), text.utf8.count > 5 {
      self = .file(String(text.dropFirst(5)))
    } else {
      return nil
    }
  }

  /// Reads the secret.
  ///
  /// - Throws: ``SecretMissing`` when it is absent or empty.
  package func resolve(in environment: [String: String]) throws(SecretMissing) -> String {
    switch self {
    case .variable(let name):
      guard let value = environment[name], !value.isEmpty else {
        throw SecretMissing(sentence: "the variable \(name) is not set")
      }
      return value
    case .file(let path):
      let text = String(decoding: try Self.bytes(of: path), as: UTF8.self)
      let first = text.firstIndex { !$0.isWhitespace } ?? text.endIndex
      let value = text[first...].reversed().drop { $0.isWhitespace }.reversed()
      guard !value.isEmpty else { throw SecretMissing(sentence: "the file \(path) is empty") }
      return String(value)
    }
  }

  private static func bytes(of path: String) throws(SecretMissing) -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      let why =
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?: "there is none"
        case .fileReadNoPermission?: "this user may not read it"
        default: "is it a file?"
        }
      throw SecretMissing(sentence: "the file \(path) cannot be read: \(why)")
    }
  }
}

/// A secret that its reference does not lead to.
package struct SecretMissing: Error, Sendable, Hashable, CustomStringConvertible {
  package let sentence: String
  package var description: String { sentence }
}
