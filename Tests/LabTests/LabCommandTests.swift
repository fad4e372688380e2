import ArgumentParser
import Testing

@testable import Lab

struct LabCommandTests {
  @Test func `the lab has a demo and a bench`() throws {
    #expect(
      try LabProgram.parseAsRoot([
        "demo", "--leads", "20", "--seed", "1", "--exit-line", "--webhooks", "api", "--faults",
      ]) is Demo
    )
    #expect(try LabProgram.parseAsRoot(["bench", "--leads", "10", "--json"]) is Bench)
  }

  @Test(arguments: [
    ["demo", "--leads", "0"], ["demo", "--webhooks", "flow"],
    ["demo", "--leads", "1", "--seed", "-1"],
  ])
  func `a demo out of bounds is refused as wrong usage`(_ words: [String]) {
    #expect(throws: (any Error).self) { try LabProgram.parseAsRoot(words) }
  }
}
