// The text forms of PostgreSQL's types, as the server writes them.

func parseInteger(_ field: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let first = field.first else { return nil }
  let isNegative = first == UInt8(ascii: "-")
  let digits = isNegative ? field[1...] : field[...]
  guard !digits.isEmpty else { return nil }
  var value = 0
  for byte in digits {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    let digit = Int(byte - UInt8(ascii: "0"))
    let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
    // Towards the sign, so that the least integer is reached.
    let (next, carry) =
      isNegative
      ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
    guard !overflow, !carry else { return nil }
    value = next
  }
  return value
}

func parseBool(_ field: UnsafeBufferPointer<UInt8>) -> Bool? {
  guard field.count == 1 else { return nil }
  return switch field[0] {
  case UInt8(ascii: "t"): true
  case UInt8(ascii: "f"): false
  default: nil
  }
}

func parseDouble(_ field: UnsafeBufferPointer<UInt8>) -> Double? {
  String(validating: field, as: UTF8.self).flatMap { Double($0) }
}

func parseText(_ field: [UInt8]) -> String? { String(validating: field, as: UTF8.self) }

func parseElementInteger(_ field: [UInt8]) -> Int? { field.withUnsafeBufferPointer(parseInteger) }

/// The session sets `bytea_output` to `hex`, so this is the only form that arrives.
func parseHexadecimal(_ field: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
  guard field.count >= 2, field.count.isMultiple(of: 2), field[0] == UInt8(ascii: "\\"),
    field[1] == UInt8(ascii: "x")
  else { return nil }
  let count = field.count / 2 - 1
  var isValid = true
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    for index in 0..<count {
      let (high, low) = (nibble(field[2 * index + 2]), nibble(field[2 * index + 3]))
      isValid = isValid && high < 16 && low < 16
      buffer[index] = high << 4 | (low & 15)
    }
    initialized = count
  }
  return isValid ? bytes : nil
}

// 0 to 15, or 255 when it is no digit.
private func nibble(_ character: UInt8) -> UInt8 {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
  default: 255
  }
}
