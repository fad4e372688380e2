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
