import StrictJSON
import Testing

struct JSONTests {
  @Test(
    arguments: [
      "null", "true", "[]", "{}", #""""#, "-0.5e+10", "818000000000123456", "1e400",
      #"{"a":[1,{"b":null}],"c":"á\"\\\n"}"#, #"[[[["deep"]]]]"#,
    ]
  )
  func `what is read is written as it was`(text: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    #expect(try JSON(parsing: json.encoded) == json)
    #expect(json.text == text || text.contains("\\"))
  }

  struct Refused: CustomTestStringConvertible {
    let text: String
    let reason: JSONError.Reason
    var testDescription: String { reason.rawValue }
  }

  @Test(
    arguments: [
      Refused(text: "", reason: .empty), Refused(text: "  ", reason: .empty),
      Refused(text: "{", reason: .truncated), Refused(text: "[1,]", reason: .unexpected),
      Refused(text: "{\"a\":1,\"a\":2}", reason: .repeatedKey),
      Refused(text: "1 2", reason: .trailing), Refused(text: "01", reason: .badNumber),
      Refused(text: "1.", reason: .badNumber), Refused(text: "nul", reason: .truncated),
      Refused(text: #""\ud800""#, reason: .loneSurrogate),
      Refused(text: #""\udc00""#, reason: .loneSurrogate),
      Refused(text: #""\u0000""#, reason: .nulCharacter),
      Refused(text: "\"\0\"", reason: .nulCharacter),
      Refused(text: "\"\n\"", reason: .controlCharacter),
      Refused(text: #""\x""#, reason: .badEscape),
      Refused(text: #""\u12g4""#, reason: .badEscape), Refused(text: "{1:2}", reason: .unexpected),
      Refused(text: "\"abc", reason: .truncated), Refused(text: "undefined", reason: .unexpected),
    ]
  )
  func `what a later reader could misread is refused with its place`(example: Refused) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: Array(example.text.utf8)) }
    #expect(error?.reason == example.reason)
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    #expect(error?.reason == .notUTF8)
  }

  @Test func `ten thousand levels are refused, not a crash`() {
    let error = #expect(throws: JSONError.self) {
      try JSON(parsing: Array(repeating: UInt8(ascii: "["), count: 10_000))
    }
    #expect(error?.reason == .tooDeep)
  }

  @Test func `a surrogate pair is one character`() throws {
    #expect(try JSON(parsing: Array(#""\ud83d\ude00""#.utf8)) == "😀")
  }

  @Test func `random bytes are read or refused, never a crash`() {
    var generator = SplitMix64(state: 0xE57E)
    let alphabet = Array(#"{}[]",:\u0123456789eE+-.truefalsn \#u{7f}"#.utf8) + [0xC3, 0xA1, 0xFF]
    for round in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
        alphabet.randomElement(using: &generator)
      }
      guard let json = try? JSON(parsing: bytes) else { continue }
      #expect((try? JSON(parsing: json.encoded)) == json, "round \(round)")
    }
  }
}

/// The same numbers in every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
