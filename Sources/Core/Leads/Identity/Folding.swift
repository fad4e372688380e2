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
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A: bytes.append(UInt8(scalar.value) | 0x20)
      case 0..<0x80: bytes.append(UInt8(scalar.value))
      case latin: bytes += foldedLatin[Int(scalar.value - latin.lowerBound)]
      default: return decomposedAndFolded
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The words of the text as it is ``folded``, letters and digits and what `also` names, with that
  /// between them.
  package func foldedWords(joinedBy joint: String, also: Character? = nil) -> String {
    let folded = folded
    guard let ascii = folded.utf8.withContiguousStorageIfAvailable(Self.isASCII), ascii else {
      return folded.split { !$0.isLetter && !$0.isNumber && $0 != also }.joined(separator: joint)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(folded.utf8.count)
    var isBetween = false
    for byte in folded.utf8 {
      switch byte {
      case 0x30...0x39, 0x61...0x7A, also?.asciiValue:
        if isBetween, !bytes.isEmpty { bytes += joint.utf8 }
        isBetween = false
        bytes.append(byte)
      default: isBetween = true
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.allSatisfy { $0 < 0x80 }
  }

  fileprivate var decomposedAndFolded: String {
    var folded = ""
    for scalar in lowercased()._nfd {
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

/// The letters of our languages beside ASCII's, of which each is folded by itself.
private let latin: ClosedRange<UInt32> = 0x80...0x17F

private let foldedLatin: [[UInt8]] = latin.map { value in
  let text = Unicode.Scalar(value).map(String.init) ?? ""
  return Array(text.decomposedAndFolded.utf8)
}

private let undecomposed: [Unicode.Scalar: String] = [
  "ª": "a", "º": "o", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ı": "i",
]
