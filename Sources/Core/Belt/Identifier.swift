package import Crypto

/// A 128-bit identifier, written as a UUID.
///
/// Everything that could be met twice has an identifier derived from what it is, never a random one:
/// a repeated run then makes the same identifier, and a unique key does the rest.
package struct Identifier: Sendable, Hashable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The identifier of what these parts name, in that order (SHA-256, UUID version 8).
  package init(derivedFrom parts: String...) {
    var hash = SHA256()
    for part in parts {
      hash.update(data: Array(part.utf8))
      // A separator that no part contains, so that ("ab", "c") and ("a", "bc") differ.
      hash.update(data: [0])
    }
    self.init(hash: hash.finalize())
  }

  package init(hash: SHA256.Digest) {
    var words: (UInt64, UInt64) = (0, 0)
    for (index, byte) in hash.enumerated() {
      if index < 8 {
        words.0 = words.0 << 8 | UInt64(byte)
      } else if index < 16 {
        words.1 = words.1 << 8 | UInt64(byte)
      }
    }
    high = words.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
    low = words.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
  }

  /// A random identifier (UUID version 4).
  package static func random(using generator: inout some RandomNumberGenerator) -> Identifier {
    Identifier(
      high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
      low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    )
  }

  /// Reads the usual form with hyphens, or 32 hexadecimal digits; nil for anything else.
  package init?(_ text: some StringProtocol) {
    var digits = 0
    var words: (UInt64, UInt64) = (0, 0)
    for byte in text.utf8 where byte != UInt8(ascii: "-") {
      guard digits < 32, let value = hexDigit(byte) else { return nil }
      if digits < 16 { words.0 = words.0 << 4 | value } else { words.1 = words.1 << 4 | value }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: words.0, low: words.1)
  }

  package var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index % 16) * 4) & 15)
        buffer[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        position += 1
      }
      return 36
    }
  }
}

private func hexDigit(_ byte: UInt8) -> UInt64? {
  switch byte {
  case 0x30...0x39: UInt64(byte - 0x30)
  case 0x41...0x46: UInt64(byte - 0x37)
  case 0x61...0x66: UInt64(byte - 0x57)
  default: nil
  }
}
