import Testing

@testable import Ingress

struct SegmentScanTests {
  private static let payloads: [[UInt8]] = [
    Array(#"{"leads":[]}"#.utf8), [7], [UInt8](repeating: 0, count: 40), Array("último".utf8),
  ]
  private static let frames = payloads.map(SpoolFrame.encoded)
  private static let segment = frames.flatMap { $0 }
  /// Where each record ends.
  private static let ends = frames.indices.map { frames[...$0].reduce(0) { $0 + $1.count } }

  private func payloads(of bytes: [UInt8]) -> [[UInt8]] {
    SegmentScan(bytes).payloads.map { Array(bytes[$0]) }
  }

  @Test func `the checksum is the one of gzip`() {
    var checksum = CRC32()
    checksum.update(Array("12345".utf8)[...])
    checksum.update(Array("6789".utf8)[...])
    #expect(checksum.value == 0xCBF4_3926)
  }

  @Test func `what was written is read, and nothing is left over`() {
    let scan = SegmentScan(Self.segment)
    #expect(payloads(of: Self.segment) == Self.payloads)
    #expect(scan.end == Self.segment.count && scan.tailBytes == 0 && scan.damagedBytes == 0)
    #expect(payloads(of: []) == [])
  }

  @Test func `cut at any byte, every whole record is read and the rest is the tail`() {
    for count in Self.segment.indices {
      let bytes = Array(Self.segment.prefix(count))
      let scan = SegmentScan(bytes)
      let whole = Self.ends.count { $0 <= count }
      #expect(payloads(of: bytes) == Array(Self.payloads.prefix(whole)), "cut at \(count)")
      #expect(scan.tailBytes == count - (whole == 0 ? 0 : Self.ends[whole - 1]))
      #expect(scan.damagedBytes == 0)
    }
  }

  @Test func `a flipped bit costs its own record and no other, wherever it is`() {
    for index in Self.segment.indices {
      let hit = Self.ends.count { $0 <= index }
      var expected = Self.payloads
      expected.remove(at: hit)
      for bit in 0..<8 {
        var bytes = Self.segment
        bytes[index] ^= 1 << bit
        #expect(payloads(of: bytes) == expected, "bit \(bit) of byte \(index)")
        let scan = SegmentScan(bytes)
        let lost = Self.frames[hit].count
        let isLast = hit == Self.frames.count - 1
        #expect(scan.tailBytes == (isLast ? lost : 0))
        #expect(scan.damagedBytes == (isLast ? 0 : lost))
      }
    }
  }

  @Test func `a page of zeros is no record`() {
    let bytes = Self.frames[0] + [UInt8](repeating: 0, count: 4096)
    #expect(payloads(of: bytes) == [Self.payloads[0]])
    #expect(SegmentScan(bytes).tailBytes == 4096)
  }

  @Test func `bytes at random are no records, and stop nobody`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let noise = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      #expect(payloads(of: Self.frames[1] + noise + Self.frames[3]) == [[7], Self.payloads[3]])
    }
  }
}
