import Operations
import Testing

@testable import Lab

@Suite struct GateLimitTests {
  private static let text =
    "figure\tlimit\ttarget\tcounts\na\t2.5\t1\twords\nb\t10\t–\tother words\n"

  @Test func `a figure at its limit holds, one above or not measured breaks`() throws {
    let limits = try GateLimits(Self.text)
    #expect(limits.verdict(on: ["a": 2.5, "b": 0]).broken == [])
    #expect(limits.verdict(on: ["a": 2.51, "b": 10]).broken == ["a"])
    let (table, broken) = limits.verdict(on: ["b": 11])
    #expect(broken == ["a", "b"])
    #expect(table.contains("NOT MEASURED") && table.contains("ABOVE"))
    #expect(table.contains("other words"))
  }

  @Test func `a figure without a limit breaks, and is named`() throws {
    let (table, broken) = try GateLimits(Self.text).verdict(on: ["a": 1, "b": 1, "d": 2, "c": 3])
    #expect(broken == ["c", "d"])
    #expect(table.contains("NO LIMIT"))
  }

  @Test(arguments: ["a\tmuch\t1\twords", "a\t1\twords", "a\t1\t2\t3\t4"])
  func `a line that is no limit is refused`(line: String) {
    #expect(throws: Refusal.self) { try GateLimits("header\n\(line)\n") }
  }
}
