import Testing
import Belt

struct IdentifierTests {
  @Test func `the same parts give the same identifier, other parts another`() {
    #expect(Identifier(derivedFrom: "a", "b") == Identifier(derivedFrom: "a", "b"))
    #expect(Identifier(derivedFrom: "ab", "c") != Identifier(derivedFrom: "a", "bc"))
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `its text is a UUID and gives it back`(seed: UInt64) {
    var numbers = Numbers(state: seed)
    let random = Identifier.random(using: &numbers)
    #expect(Identifier(random.description) == random)
    #expect(random.description.count == 36)
    let derived = Identifier(derivedFrom: String(seed))
    #expect(Identifier(derived.description.uppercased()) == derived)
    #expect(Array(derived.description)[14] == "8")
  }

  @Test(arguments: [
    "", "7", "00000000-0000-0000-0000-00000000000", "g0000000000000000000000000000000",
  ])
  func `another text is none`(text: String) {
    #expect(Identifier(text) == nil)
  }
}
