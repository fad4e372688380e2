import Leads
import TestKit
import Testing

struct OwnerRotationTests {
  @Test(.behaviour("B087", "B088"), arguments: 0..<50)
  func `everybody has a turn in each round and nobody two in a row`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var rotation = OwnerRotation()
    let members = ["a", "b", "c", "d"]
    let drawn = (0..<40).compactMap { _ in rotation.draw(from: members, using: &generator) }
    for round in stride(from: 0, to: 40, by: 4) {
      #expect(Set(drawn[round..<round + 4]) == Set(members))
    }
    #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test func `one member always has the turn, and an empty group none`() {
    var generator = SeededGenerator(seed: 1)
    var rotation = OwnerRotation()
    #expect(rotation.draw(from: ["a"], using: &generator) == "a")
    #expect(rotation.draw(from: ["a"], using: &generator) == "a")
    #expect(rotation.draw(from: [], using: &generator) == nil)
  }

  @Test func `who has left is passed over`() {
    var generator = SeededGenerator(seed: 3)
    var rotation = OwnerRotation(waiting: ["gone", "b"], last: "a")
    #expect(rotation.draw(from: ["a", "b"], using: &generator) == "b")
  }
}
