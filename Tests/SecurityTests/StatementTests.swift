import Postgres
import Testing

@testable import LeadStorage

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

  /// Tables with an `integration_id`.
  private static func tables() throws -> [String] {
    let created = try Regex(#"(?s)create table (\w+) \((.*?)\n\)"#)
    return Migration.all.flatMap { migration in
      migration.script.matches(of: created).compactMap { match -> String? in
        guard match.output[2].substring?.contains("integration_id") == true else { return nil }
        return match.output[1].substring.map(String.init)
      }
    }
  }

  @Test func `every statement on a table of integrations says whose rows it means`() throws {
    let tables = try Self.tables()
    #expect(
      tables.count >= 18 && tables.contains("lead") && tables.contains("embedded_opportunity")
    )
    let names = tables.joined(separator: "|")
    let use = try Regex(#"\b(?:from|into|update|join)\s+(?:\#(names))\b"#)
    var checked = 0
    for file in try SourceText.files(in: [
      "Sources/Adapters/LeadStorage", "Sources/Adapters/LeadStorage/Operating",
      "Sources/Adapters/EmbeddedCRM", "Sources/Programs/TagSync", "Sources/Programs/RDUpdater",
    ]) {
      for statement in try Self.statements(in: file.text) where statement.contains(use) {
        checked += 1
        #expect(
          statement.contains("integration_id") || statement.contains(/where \\\((own|condition)\)/),
          "\(file.name): \(statement)"
        )
      }
    }
    #expect(checked > 50)
  }

  @Test func `the rule finds a statement without it`() throws {
    let found = try Self.statements(in: #"a("select id from lead where id = \(id)")"#)
    #expect(found.count == 1)
  }
}
