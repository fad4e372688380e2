import Postgres
import Testing

@testable import BeltStorage

/// Every statement names the integration whose rows it means.
struct StatementTests {
  /// The statements of a file: multi-line literals, and single-line ones that begin as SQL does.
  private static func statements(in text: String) throws -> [String] {
    let long = try Regex(#"(?s)"{3}\n(.*?)\n\s*"{3}"#)
    let short = try Regex(#"(?m)"((?:select|insert|update|delete)\b[^"\n]*)""#)
    return (text.matches(of: long) + text.matches(of: short))
      .map { String($0.output[1].substring ?? "") }
      .filter { $0.contains(/\b(from|into|update|join)\s/) }
  }

  /// The operator's own tables: an action in bulk, with its record, may be over all integrations.
  private static let ofTheFleet: Set = ["operation", "operation_item", "audit"]

  /// Tables with an `integration_id`.
  private static func tables() throws -> [String] {
    let created = try Regex(#"(?s)create table (\w+) \((.*?)\n\)"#)
    return Migration.all.flatMap { migration in
      migration.script.matches(of: created).compactMap { match -> String? in
        guard match.output[2].substring?.contains("integration_id") == true,
          let name = match.output[1].substring.map(String.init)
        else { return nil }
        return ofTheFleet.contains(name) ? nil : name
      }
    }
  }

  /// What may stand behind a table that has no other name.
  private static let words: Set = [
    "", "where", "set", "on", "using", "order", "group", "left", "join", "cross", "select", "limit",
    "union", "values",
  ]

  @Test func `every statement on a table of integrations says whose rows it means`() throws {
    let tables = try Self.tables()
    #expect(
      tables.count >= 18 && tables.contains("lead") && tables.contains("embedded_opportunity")
    )
    let names = tables.joined(separator: "|")
    let use = try Regex(
      #"\b(from|into|update|join)\s+(?:\#(names))\b(?:\s+(?:as\s+)?(\w+))?"#
    )
    var checked = 0
    let files =
      try SourceText.files(in: [
        "Sources/Adapters/BeltStorage", "Sources/Adapters/BeltStorage/DeadLetters",
        "Sources/Adapters/BeltStorage/Effects", "Sources/Adapters/EmbeddedCRM",
        "Sources/Adapters/OutsideCalls/Quotas", "Sources/Adapters/OutsideCalls/Logins",
      ]) + SourceText.files(below: "Sources/Operations") + SourceText.files(below: "Sources/Stages")
    for file in files {
      for statement in try Self.statements(in: file.text) where statement.contains(use) {
        for match in statement.matches(of: use) {
          checked += 1
          let word = match.output[2].substring.map(String.init) ?? ""
          let alias = Self.words.contains(word) ? "" : word
          let whose = alias.isEmpty ? "integration_id" : "\(alias).integration_id"
          #expect(
            statement.contains(whose) || statement.contains("using (integration_id")
              || statement.contains("as \(alias) (integration_id,")
              || statement.contains(
                /\\\((own|decided|condition|filter\.condition|inWindow|(Self|DeadLetter)\.isHandled)\)/
              ),
            "\(file.name): \(whose) in: \(statement)"
          )
        }
      }
    }
    #expect(checked > 50)
  }

  @Test func `the rule finds a statement without it`() throws {
    let found = try Self.statements(in: #"a("select id from lead where id = \(id)")"#)
    #expect(found.count == 1)
  }
}
