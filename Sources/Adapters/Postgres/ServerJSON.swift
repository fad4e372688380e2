/// Reads the JSON that the server makes of rows, as far as it has to be taken apart: the values of columns
/// become the text forms that a plain result has, and what is JSON itself stays as it stands.
///
/// The server writes no JSON that is none, so nothing is checked that is not needed; nil is an answer that
/// it never gives.
struct ServerJSON {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The rows of a `json_agg`, which all have the same columns.
  mutating func rows() -> RowsText? {
    var rows = RowsText()
    guard take("[") else { return nil }
    repeat {
      skipSpace()
      guard take("{") else { return nil }
      var column = 0
      if !take("}") {
        repeat {
          guard let name = text(), take(":") else { return nil }
          if rows.count == 0 { rows.names.append(String(decoding: name, as: UTF8.self)) }
          guard let value = value() else { return nil }
          rows.append(value)
          column += 1
        } while take(",")
        guard take("}"), column == rows.names.count else { return nil }
      }
      rows.count += 1
      skipSpace()
    } while take(",")
    return take("]") && position == bytes.count ? rows : nil
  }

  /// The elements of an array of plain values, in text form.
  mutating func elements() -> [[UInt8]?]? {
    guard take("[") else { return nil }
    var elements: [[UInt8]?] = []
    if take("]") { return position == bytes.count ? elements : nil }
    repeat {
      skipSpace()
      guard peek != UInt8(ascii: "["), let element = value() else { return nil }
      elements.append(element)
      skipSpace()
    } while take(",")
    return take("]") && position == bytes.count ? elements : nil
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A { position += 1 }
  }

  /// Nil inside for NULL.
  private mutating func value() -> [UInt8]?? {
    guard let first = peek else { return .none }
    switch first {
    case UInt8(ascii: "\""): return text().map { .some($0) }
    case UInt8(ascii: "{"), UInt8(ascii: "["): return nested().map { .some($0) }
    default:
      let start = position
      while let byte = peek, !Self.ends.contains(byte) { position += 1 }
      let word = bytes[start..<position]
      if word.elementsEqual("null".utf8) { return .some(nil) }
      // As the server writes a boolean of its own.
      if word.elementsEqual("true".utf8) { return [UInt8(ascii: "t")] }
      if word.elementsEqual("false".utf8) { return [UInt8(ascii: "f")] }
      return Array(word)
    }
  }

  private static let ends: Set = [
    UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A,
  ]

  /// An object or an array, as it stands.
  private mutating func nested() -> [UInt8]? {
    let start = position
    var depth = 0
    var isQuoted = false
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\\") where isQuoted: position += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "{") where !isQuoted, UInt8(ascii: "[") where !isQuoted: depth += 1
      case UInt8(ascii: "}") where !isQuoted, UInt8(ascii: "]") where !isQuoted:
        depth -= 1
        if depth == 0 { return Array(bytes[start..<position]) }
      default: break
      }
    }
    return nil
  }

  /// The bytes of a string; besides the usual escapes the server writes `\u` for control characters only.
  private mutating func text() -> [UInt8]? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    var start = position
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[start..<position]
        position += 1
        return text
      case UInt8(ascii: "\\"):
        text += bytes[start..<position]
        position += 1
        guard let character = escaped() else { return nil }
        text.append(character)
        start = position
      default: position += 1
      }
    }
    return nil
  }

  private mutating func escaped() -> UInt8? {
    guard let byte = peek else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      guard position + 4 <= bytes.count else { return nil }
      defer { position += 4 }
      return UInt8(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    default: return byte
    }
  }
}

/// Rows with their fields in text form, as they were taken out of JSON.
struct RowsText: Sendable {
  var names: [String] = []
  var count = 0
  private var text: [UInt8] = []
  private var fields: [Range<Int>?] = []

  mutating func append(_ field: [UInt8]?) {
    fields.append(field.map { text.count..<text.count + $0.count })
    if let field { text += field }
  }

  func field(_ row: Int, _ column: Int) -> ArraySlice<UInt8>? {
    fields[row * names.count + column].map { text[$0] }
  }
}
