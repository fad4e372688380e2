extension JSON {
  /// Reads one JSON text (RFC 8259), refusing what a later reader could misread: repeated keys, lone
  /// surrogates, NUL; and what costs a later reader more than its length: see ``JSONLimits``.
  ///
  /// Time and memory grow with the length of the text and no faster, whatever it holds.
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

struct JSONParser {
  let bytes: [UInt8]
  var depthLeft: Int
  var position = 0

  mutating func document() throws(JSONError) -> JSON {
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw fault(.byteOrderMark) }
    skipSpace()
    guard position < bytes.count else { throw fault(.empty) }
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault(.trailing) }
    return value
  }

  func fault(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: reason, offset: position)
  }

  func peek() throws(JSONError) -> UInt8 {
    guard position < bytes.count else { throw fault(.truncated) }
    return bytes[position]
  }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  mutating func value() throws(JSONError) -> JSON {
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

  mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count else { throw fault(.truncated) }
    for index in 0..<word.utf8CodeUnitCount
    where bytes[position + index] != word.utf8Start[index] {
      throw fault(.unexpected)
    }
    position = end
    return value
  }

  mutating func enter() throws(JSONError) {
    guard depthLeft > 0 else { throw fault(.tooDeep) }
    depthLeft -= 1
    position += 1
    skipSpace()
  }

  /// After a value in a list: true when another follows, false when the list is closed.
  mutating func another(closedBy close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == close || byte == UInt8(ascii: ",") else { throw fault(.unexpected) }
    position += 1
    skipSpace()
    return byte != close
  }

  mutating func array() throws(JSONError) -> JSON {
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

  mutating func object() throws(JSONError) -> JSON {
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
      guard isNew(key, in: members.list, &seen) else {
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

  /// A set from the ninth key on: most objects are small, and a set would cost each an allocation.
  private func isNew(
    _ key: String,
    in members: [JSON.Members.Member],
    _ seen: inout Set<String>
  ) -> Bool {
    if members.count < 8 { return !members.contains { $0.key == key } }
    if members.count == 8 { seen = Set(members.map(\.key)) }
    return seen.insert(key).inserted
  }
}
