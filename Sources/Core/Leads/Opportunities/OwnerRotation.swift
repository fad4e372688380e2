package import Belt

/// The shuffled rotation of a group (R19): everybody once in random order, then shuffled anew; never the
/// same member twice in a row while there are two.
package struct OwnerRotation: Sendable, Hashable {
  /// Drawn from the front; empty asks for a new shuffle.
  package private(set) var waiting: [String]
  package private(set) var last: String?

  package init(waiting: [String] = [], last: String? = nil) {
    self.waiting = waiting
    self.last = last
  }

  /// Draws the next member; nil when the group is empty.
  ///
  /// Members who left since the shuffle are passed over; new ones join at the next shuffle.
  package mutating func draw(
    from members: [String],
    using generator: inout some RandomNumberGenerator
  )
    -> String?
  {
    waiting.removeAll { !members.contains($0) }
    if waiting.isEmpty {
      waiting = members.shuffled(using: &generator)
      if waiting.count > 1, waiting.first == last { waiting.swapAt(0, waiting.count - 1) }
    }
    guard !waiting.isEmpty else { return nil }
    let member = waiting.removeFirst()
    last = member
    return member
  }
}

/// A generator whose numbers follow from an identifier, so that deciding again draws the same.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }
  package init(_ identifier: Identifier) { state = identifier.high ^ identifier.low }

  // SplitMix64.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
