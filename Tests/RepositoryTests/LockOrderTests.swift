import Testing

/// Two workers wait for each other in a circle only where they lock rows in different orders; the runner
/// makes one order of what says its table.
struct LockOrderTests {
  private static let tables = [
    "company", "contact", "identity", "lead", "conversion", "opportunity",
  ]

  @Test func `every statement of a stage that writes rows of many says their table`() throws {
    var seen: Set<String> = []
    for file in try Repository().swiftFiles(below: "Sources/Stages") {
      for (index, line) in file.lines.enumerated() {
        guard let match = line.firstMatch(of: /^\s*(?:insert into|update) (\w+)\b/),
          Self.tables.contains(String(match.1))
        else { continue }
        let before = file.lines[max(0, index - 3)..<index].joined(separator: " ")
        #expect(before.contains(".\(match.1),"), "\(file.path):\(index + 1)")
        seen.insert(String(match.1))
      }
    }
    #expect(seen.isSuperset(of: ["company", "contact", "identity", "lead", "conversion"]))
  }
}
