/// How a record stands in a segment.
///
/// A mark, the payload's length, a checksum of length and payload, and the payload; numbers are
/// little-endian.
enum SpoolFrame {
  /// No such bytes stand in UTF-8, so none in a body: behind a damaged record the next one is found.
  static let mark: [UInt8] = [0xFF, 0xE5, 0xFE, 0xA1]
  static let headBytes = 12

  static func encoded(_ payload: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt32(payload.count))
    var bytes = mark + length + littleEndian(checksum(length[...], payload[...]))
    bytes.append(contentsOf: payload)
    return bytes
  }

  /// Where the payload of the record at an offset stands.
  ///
  /// - Returns: Nil when no whole and sound record starts there.
  static func payload(in bytes: [UInt8], at offset: Int) -> Range<Int>? {
    let start = offset + headBytes
    guard start < bytes.count, bytes[offset..<offset + 4].elementsEqual(mark) else { return nil }
    let length = Int(number(bytes[offset + 4..<offset + 8]))
    guard length > 0, length <= bytes.count - start else { return nil }
    let payload = start..<start + length
    let expected = number(bytes[offset + 8..<start])
    guard checksum(bytes[offset + 4..<offset + 8], bytes[payload]) == expected else { return nil }
    return payload
  }

  private static func checksum(_ length: ArraySlice<UInt8>, _ payload: ArraySlice<UInt8>) -> UInt32
  {
    var checksum = CRC32()
    checksum.update(length)
    checksum.update(payload)
    return checksum.value
  }

  static func littleEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
