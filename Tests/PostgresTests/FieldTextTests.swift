import Testing

@testable import Postgres

@Suite struct FieldTextTests {
  private func parse<Value>(
    _ text: String,
    _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) -> Value? {
    Array(text.utf8).withUnsafeBufferPointer(parse)
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "-0", "42"])
  func `every integer is read`(_ text: String) {
    #expect(parse(text, parseInteger) == Int(text))
  }

  @Test(arguments: ["", "-", "9223372036854775808", "-9223372036854775809", "1.0", "+1", " 1", "٣"])
  func `what is no integer is refused`(_ text: String) {
    #expect(parse(text, parseInteger) == nil)
  }

  @Test(arguments: [#"\x0"#, #"\xzz"#, "x00", "", #"\\x00"#])
  func `what is no hexadecimal is refused`(_ text: String) {
    #expect(parse(text, parseHexadecimal) == nil)
  }

  @Test(arguments: ["[0:1]={1,2}", "{{1,2},{3,4}}", "1,2", "{", ""])
  func `an array of another shape is refused`(_ text: String) {
    #expect(parse(text, parseOptionalArray) == nil)
  }

  @Test func `invalid UTF-8 is no text`() {
    #expect(parseText([0xC3, 0x28]) == nil)
  }
}
