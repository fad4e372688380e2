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
        let write = file.lines[..<index].last { $0.contains("Write(.") }
        #expect(write?.contains("Write(.\(match.1))") == true, "\(file.path):\(index + 1)")
        seen.insert(String(match.1))
      }
    }
    #expect(seen.isSuperset(of: ["company", "contact", "identity", "lead", "conversion"]))
  }

  /// The texts between three quotation marks.
  private func statements(in file: SourceFile) -> [String] {
    let parts = file.lines.joined(separator: "\n").split(
      separator: "\"\"\"",
      omittingEmptySubsequences: false
    )
    return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// Where every statement that is given many rows locks them in the order of their keys.
  private static let ordered = [
    "Sources/Adapters/BeltStorage/Effects", "Sources/Stages/RDUpdater", "Sources/Stages/TagSync",
  ]

  @Test(arguments: ordered)
  func `a statement that is given many rows locks them in the order of their keys`(
    _ folder: String
  ) throws {
    var seen = 0
    for file in try Repository().swiftFiles(below: folder) {
      for statement in statements(in: file) where statement.contains("unnest(") {
        let words = statement.split(separator: "\n").map { $0.drop { $0 == " " } }
        let updates = words.contains { $0.hasPrefix("update ") }
        guard updates || words.contains(where: { $0.hasPrefix("insert ") }) else { continue }
        seen += 1
        #expect(statement.contains("order by"), "\(file.path): \(statement)")
        #expect(
          !updates || statement.contains(/for (no key )?update/),
          "\(file.path): \(statement)"
        )
      }
    }
    #expect(seen > 0)
  }
}
