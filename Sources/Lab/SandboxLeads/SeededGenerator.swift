/// SplitMix64: the same seed gives the same numbers on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream tells apart sequences of one seed, so that the nth of a thing is had without making
  /// those before it.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = seed &* 0xD1B5_4A32_D192_ED03 ^ stream &* 0x9E37_79B9_7F4A_7C15
    _ = next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// One of the items, which are never none.
  package mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int(next() % UInt64(items.count))]
  }

  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  package mutating func chance(percent: Int) -> Bool { number(0...99) < percent }

  package mutating func digits(_ count: Int) -> String {
    String((0..<count).map { _ in Character(String(number(0...9))) })
  }

  /// A random (version 4) identifier.
  package mutating func uuid() -> String {
    let high = next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let hex = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(36)
    for index in 0..<32 {
      if [8, 12, 16, 20].contains(index) { out.append(UInt8(ascii: "-")) }
      let half = index < 16 ? high : low
      out.append(hex[Int(half >> UInt64(60 - index % 16 * 4) & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}
