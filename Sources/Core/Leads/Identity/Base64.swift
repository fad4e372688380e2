private import FoundationEssentials

/// RFC 4648.
enum Base64 {
  /// The alphabet for addresses, without padding.
  static func url(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString().prefix { $0 != "=" }
    return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// Reads either alphabet, with or without padding; nil for anything else.
  static func bytes(of text: some StringProtocol) -> [UInt8]? {
    let plain = text.prefix { $0 != "=" }.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
    return Data(base64Encoded: String(plain) + padding).map { Array($0) }
  }
}
