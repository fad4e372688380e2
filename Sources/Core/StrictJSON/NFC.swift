@_spi(_Unicode) private import Swift

extension String {
  /// The same text in Unicode's composed form (NFC), so that texts that look alike have equal bytes.
  ///
  /// Swift compares `é` and `e` with an accent behind it as equal; PostgreSQL and hashes compare bytes.
  /// The standard library normalises for its own comparisons; its interface for that is not yet
  /// part of the language's promise, which is why it is used in this file only.
  package var nfc: String {
    // Below U+0300 everything is composed already, and no byte of such a scalar reaches 0xCC.
    if utf8.allSatisfy({ $0 < 0xCC }) { return self }
    var composed = UnicodeScalarView()
    composed.append(contentsOf: _nfc)
    return String(composed)
  }
}

extension JSON {
  /// The same value with every key and text composed.
  package var nfc: JSON {
    switch self {
    case .null, .bool, .number: self
    case .string(let text): .string(text.nfc)
    case .array(let items): .array(items.map(\.nfc))
    case .object(let members): .object(members.nfc)
    }
  }
}

extension JSON.Members {
  /// The same members with every key and text composed; two keys of one object never become equal,
  /// because Swift compares them as if they were composed.
  package var nfc: JSON.Members {
    JSON.Members(list.map { Member(key: $0.key.nfc, value: $0.value.nfc) })
  }
}
