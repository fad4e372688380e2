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
        let isUpdate = index > 0 && file.lines[index - 1].hasSuffix("RowOrder.updating(")
        let match =
          isUpdate
          ? line.firstMatch(of: /^\s*"(\w+)",/)
          : line.firstMatch(of: /^\s*(?:insert into|update) (\w+)\b/)
        guard let table = match.map({ String($0.1) }), Self.tables.contains(table) else { continue }
        let write = file.lines[..<index].last { $0.contains("Write(.") }
        #expect(write?.contains("Write(.\(table))") == true, "\(file.path):\(index + 1)")
        seen.insert("\(table)\(isUpdate ? " updated" : "")")
      }
    }
    #expect(seen.isSuperset(of: ["company", "contact", "identity", "lead", "conversion"]))
    #expect(seen.isSuperset(of: ["identity updated", "lead updated", "opportunity updated"]))
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
    "Sources/Adapters/BeltStorage", "Sources/Adapters/EmbeddedCRM", "Sources/Operations",
    "Sources/Stages",
  ]

  @Test(arguments: ordered)
  func `a statement that is given many rows locks them in the order of their keys`(
    _ folder: String
  ) throws {
    var seen = 0
    for file in try Repository().swiftFiles(below: folder) {
      seen += file.lines.count { $0.hasSuffix("RowOrder.updating(") }
      for statement in statements(in: file) where statement.contains("unnest(") {
        let words = statement.split(separator: "\n").map { $0.drop { $0 == " " } }
        let updates = words.contains { $0.hasPrefix("update ") }
        // Of lines in a journey or an audit none has a key that another could wait for.
        let inserts = words.contains { word in
          word.hasPrefix("insert into ")
            && !["journey", "audit"].contains { word.hasPrefix("insert into \($0)") }
        }
        guard updates || inserts else { continue }
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
