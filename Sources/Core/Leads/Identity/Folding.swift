// The standard library normalises for its own comparisons and keeps the result behind this name; the
// public way there is all of Foundation, 44 MB in every process.
@_spi(_Unicode) private import Swift

extension String {
  /// In Unicode's composed form (NFC).
  ///
  /// Swift takes `é` and `e` + `◌́` for equal, PostgreSQL compares bytes: what becomes a key goes through
  /// here first.
  var composed: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return self }
    var scalars = UnicodeScalarView()
    for scalar in _nfc { scalars.append(scalar) }
    return String(scalars)
  }

  /// In lower case and without marks, for comparing: `Peña` → `pena`.
  ///
  /// Compatibility forms (ligatures, full-width letters) stay as they are, since the standard library
  /// decomposes canonically only; the few letters of our languages that do not decompose have a table.
  package var folded: String {
    let lower = lowercased()
    if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower }
    var folded = ""
    for scalar in lower._nfd {
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: continue
      default: break
      }
      if let plain = undecomposed[scalar] {
        folded += plain
      } else {
        folded.unicodeScalars.append(scalar)
      }
    }
    return folded
  }
}

private let undecomposed: [Unicode.Scalar: String] = [
  "ª": "a", "º": "o", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ı": "i",
]
