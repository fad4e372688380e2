import Testing

@testable import Postgres

@Suite struct SQLTests {
  @Test func `values become placeholders and never text`() {
    let statement: SQL = "select * from lead where id = \(7) and name = \("x' or '1'='1")"
    #expect(statement.text == "select * from lead where id = $1 and name = $2")
  }

  @Test func `a joined fragment is numbered on`() {
    var statement: SQL = "update a set x = \(1), y = \(2)"
    statement += " where z in (\(3), \(4))"
    let whole: SQL = "with t as (\(statement)) select \(5)"
    #expect(
      whole.text == "with t as (update a set x = $1, y = $2 where z in ($3, $4)) select $5"
    )
    #expect(whole.parameters.slots.count == 5)
  }

  @Test func `renumbering passes from one digit to two`() {
    let left: SQL = "\(1) \(2) \(3) \(4) \(5) \(6) \(7) \(8)"
    let right: SQL = "é\(9)é\(10)é\(11)é"
    #expect((left + right).text == "$1 $2 $3 $4 $5 $6 $7 $8é$9é$10é$11é")
  }

  @Test func `raw text is put in as it stands`() {
    #expect(("select 1 from \(raw: "lead")" as SQL).text == "select 1 from lead")
  }

  @Test func `a zero byte in a value is noted with the value's number`() {
    let statement: SQL = "select \("fine"), \("a\0b"), \("c\0d")"
    #expect(statement.parameters.flaw?.parameter == 2)
  }

  @Test func `a zero byte in an array is noted too`() {
    let statement: SQL = "select \(1), \(["fine", "a\0b"])"
    #expect(statement.parameters.flaw?.parameter == 2)
  }

  @Test func `a flaw keeps its number when statements are joined`() {
    let statement: SQL = "select \(1), \(2), " + "\("a\0b")"
    #expect(statement.parameters.flaw?.parameter == 3)
  }

  struct ArrayCase: Sendable, CustomTestStringConvertible {
    var parameters: ParameterWriter
    var literal: String
    var testDescription: String { literal }

    init(_ value: some Bindable, _ literal: String) {
      parameters = ParameterWriter()
      value.bind(into: &parameters)
      self.literal = literal
    }
  }

  @Test(arguments: [
    ArrayCase([String](), "{}"),
    ArrayCase([""], #"{""}"#),
    ArrayCase(["a", nil, "NULL"], #"{"a",NULL,"NULL"}"#),
    ArrayCase([#"a"b\c"#, "{x,y}", "  "], #"{"a\"b\\c","{x,y}","  "}"#),
    ArrayCase([1, -2, Int.min], "{1,-2,-9223372036854775808}"),
    ArrayCase([true, false], "{t,f}"),
    ArrayCase([1.5, -.infinity], "{1.5,-inf}"),
    ArrayCase([[0, 255], []] as [[UInt8]], #"{"\\x00ff","\\x"}"#),
  ])
  func `an array is written as the server reads it`(_ row: ArrayCase) throws {
    let slot = try #require(row.parameters.slots.first)
    let text = row.parameters.buffer[slot.offset..<(slot.offset + slot.count)]
    #expect(String(decoding: text, as: UTF8.self) == row.literal)
  }
}
