extension JSON {
  /// Reads one JSON text (RFC 8259), refusing what a later reader could misread: repeated keys, lone
  /// surrogates, NUL.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8, without a byte-order mark. The caller bounds the length.
  ///   - depth: Levels of arrays and objects, at most 512.
  /// - Throws: The first fault, with its place.
  package init(parsing bytes: [UInt8], depth: Int = 64) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, depthLeft: min(depth, 512))
    self = try parser.document()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var depthLeft: Int
  var position = 0

  mutating func document() throws(JSONError) -> JSON {
    skipSpace()
    guard position < bytes.count else { throw fault(.empty) }
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault(.trailing) }
    return value
  }

  private func fault(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: reason, offset: position)
  }

  private func peek() throws(JSONError) -> UInt8 {
    guard position < bytes.count else { throw fault(.truncated) }
    return bytes[position]
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONError) -> JSON {
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw fault(.unexpected)
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count else { throw fault(.truncated) }
    for index in 0..<word.utf8CodeUnitCount
    where bytes[position + index] != word.utf8Start[index] {
      throw fault(.unexpected)
    }
    position = end
    return value
  }

  private mutating func enter() throws(JSONError) {
    guard depthLeft > 0 else { throw fault(.tooDeep) }
    depthLeft -= 1
    position += 1
    skipSpace()
  }

  /// After a value in a list: true when another follows, false when the list is closed.
  private mutating func another(closedBy close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == close || byte == UInt8(ascii: ",") else { throw fault(.unexpected) }
    position += 1
    skipSpace()
    return byte != close
  }

  private mutating func array() throws(JSONError) -> JSON {
    try enter()
    defer { depthLeft += 1 }
    var items: [JSON] = []
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array(items)
    }
    repeat { items.append(try value()) } while try another(closedBy: UInt8(ascii: "]"))
    return .array(items)
  }

  private mutating func object() throws(JSONError) -> JSON {
    try enter()
    defer { depthLeft += 1 }
    var members = JSON.Members()
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    var seen: Set<String> = []
    repeat {
      let start = position
      guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpected) }
      let key = try string()
      guard seen.insert(key).inserted else {
        throw JSONError(reason: .repeatedKey, offset: start)
      }
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw fault(.unexpected) }
      position += 1
      skipSpace()
      members.list.append(.init(key: key, value: try value()))
    } while try another(closedBy: UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
    return position - start
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = skip(UInt8(ascii: "-"))
    let leadsWithZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !leadsWithZero) else { throw fault(.badNumber) }
    if skip(UInt8(ascii: ".")), digits() == 0 { throw fault(.badNumber) }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
      guard digits() > 0 else { throw fault(.badNumber) }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    // The common case, text without an escape, is copied once.
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
          throw JSONError(reason: .notUTF8, offset: start)
        }
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
        guard let decoded = String(validating: text, as: UTF8.self) else {
          throw JSONError(reason: .notUTF8, offset: start)
        }
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
}

private func hexValue(_ byte: UInt8) -> UInt16? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
