extension JSONParser {
  /// The number's own text.
  mutating func number() throws(JSONError) -> String {
    let start = position
    _ = skip(UInt8(ascii: "-"))
    let leadsWithZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !leadsWithZero) else { throw fault(.badNumber) }
    var fraction = 0
    if skip(UInt8(ascii: ".")) {
      fraction = digits()
      guard fraction > 0 else { throw fault(.badNumber) }
    }
    var exponent = 0
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) { exponent = try self.exponent() }
    // As the database writes it: `1e3` is 1000, `1e-3` is 0.001.
    let places = max(1, whole + exponent) + max(0, fraction - exponent)
    guard places <= JSONLimits.digitsMax else {
      throw JSONError(reason: .longNumber, offset: start)
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func exponent() throws(JSONError) -> Int {
    let isNegative = skip(UInt8(ascii: "-"))
    if !isNegative { _ = skip(UInt8(ascii: "+")) }
    let start = position
    guard digits() > 0 else { throw fault(.badNumber) }
    // Where it stops growing it is beyond the limit already.
    let size = bytes[start..<position].reduce(0) { min($0 * 10 + Int($1 - 0x30), 1_000_000) }
    return isNegative ? -size : size
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
    return position - start
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
