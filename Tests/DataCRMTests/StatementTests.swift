import Testing

@testable import DataCRM

/// What reaches DataCRM's query language: lead data must stay a text there.
struct StatementTests {
  @Test(arguments: [
    ("o'hara@x.co", "email = 'o''hara@x.co'"),
    ("x' OR email LIKE '%", "email = 'x'' OR email LIKE ''%'"),
    ("''", "email = ''''''"),
  ])
  func `a quote in a text does not end it`(text: String, condition: String) {
    #expect(Statement.Condition("email", in: [text])?.text == condition)
  }

  @Test(arguments: ["", "a\u{0}b", "a\nb", "a\u{7F}"])
  func `what cannot be written is not asked for`(text: String) {
    #expect(Statement.Condition("email", in: [text]) == nil)
  }

  @Test(arguments: ["12%", "1_2", "x", ""])
  func `no wildcard but ours is asked for`(text: String) {
    #expect(Statement.Condition("siccode", beginsWith: text) == nil)
  }

  @Test(arguments: ["email; DELETE", "e mail", "", "EMAIL'"])
  func `a field's name is a name`(field: String) {
    #expect(Statement.Condition(field, in: ["a"]) == nil)
  }

  @Test func `a statement ends with a semicolon, and asks for a hundred rows at most`() {
    let condition = Statement.Condition("id", in: ["12x1", "12x2"])
    #expect(
      Statement("Contacts", condition, order: "createdtime", limit: 500).text
        == "SELECT * FROM Contacts WHERE id IN ('12x1', '12x2') ORDER BY createdtime LIMIT 0, 100;"
    )
  }
}
