extension JSONParser {
  /// The text between two quotes, the first of which stands here.
  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    // The common case, text without an escape, is copied once.
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = try checked(bytes[start..<position], from: start)
        position += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0: throw fault(.nulCharacter)
      case 1..<0x20: throw fault(.controlCharacter)
      default: position += 1
      }
    }
    throw fault(.truncated)
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<position])
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        let decoded = try checked(text[...], from: start)
        position += 1
        return decoded
      case UInt8(ascii: "\\"):
        position += 1
        try appendEscape(to: &text)
      case 0: throw fault(.nulCharacter)
      case 1..<0x20: throw fault(.controlCharacter)
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
    let byte = try peek()
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try escapedScalar()).utf8)
    default:
      position -= 1
      throw fault(.badEscape)
    }
  }

  private mutating func escapedScalar() throws(JSONError) -> Character {
    let first = try hexUnit()
    var code = UInt32(first)
    if (0xD800..<0xDC00).contains(first) {
      guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw fault(.loneSurrogate) }
      let second = try hexUnit()
      guard (0xDC00..<0xE000).contains(second) else { throw fault(.loneSurrogate) }
      code = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
    }
    guard code != 0 else { throw fault(.nulCharacter) }
    guard let scalar = Unicode.Scalar(code) else { throw fault(.loneSurrogate) }
    return Character(scalar)
  }

  private mutating func hexUnit() throws(JSONError) -> UInt16 {
    guard position + 4 <= bytes.count else { throw fault(.truncated) }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = hexValue(bytes[position]) else { throw fault(.badEscape) }
      unit = unit << 4 | digit
      position += 1
    }
    return unit
  }

  /// The bytes of a string as text; `start` is where its own text begins, the end is here.
  private func checked(_ text: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
    guard let decoded = String(validating: text, as: UTF8.self) else {
      throw JSONError(reason: .notUTF8, offset: start + validLength(bytes[start..<position]))
    }
    // No mark is below U+0300, and no byte of such a scalar reaches 0xCC.
    if text.contains(where: { $0 >= 0xCC }), hasLongMarkRun(decoded) {
      throw JSONError(reason: .tooManyMarks, offset: start)
    }
    return decoded
  }

  private func validLength(_ text: ArraySlice<UInt8>) -> Int {
    var codec = UTF8()
    var iterator = text.makeIterator()
    var length = 0
    while case .scalarValue(let scalar) = codec.decode(&iterator) { length += UTF8.width(scalar) }
    return length
  }

  private func hasLongMarkRun(_ text: String) -> Bool {
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : run + 1
      if run > JSONLimits.marksMax { return true }
    }
    return false
  }
}

private func hexValue(_ byte: UInt8) -> UInt16? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
