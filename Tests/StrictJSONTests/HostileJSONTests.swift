import Testing

@testable import StrictJSON

/// What a stranger may send: each is refused with its place, or kept exactly, in bounded time.
@Suite(.timeLimit(.minutes(1)))
struct HostileJSONTests {
  private func fault(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSON(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }

  private func fault(_ text: String) -> JSONError? { fault(Array(text.utf8)) }

  struct Place: CustomTestStringConvertible {
    let bytes: [UInt8]
    let reason: JSONError.Reason
    let offset: Int
    var testDescription: String { "\(reason.rawValue) \(offset)" }

    init(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
      self.init(Array(text.utf8), reason, offset)
    }

    init(_ bytes: [UInt8], _ reason: JSONError.Reason, _ offset: Int) {
      self.bytes = bytes
      self.reason = reason
      self.offset = offset
    }
  }

  @Test(
    arguments: [
      Place("", .empty, 0), Place("{\"a\":1,\"a\":2}", .repeatedKey, 7),
      Place("{\"e\u{301}\":1,\"é\":2}", .repeatedKey, 9), Place("[1] 2", .trailing, 4),
      Place("[\"\\ud800\"]", .loneSurrogate, 8), Place("[\"\\udc00\"]", .loneSurrogate, 8),
      Place("[\"\\ud83dx\"]", .loneSurrogate, 8), Place("[\"a\0\"]", .nulCharacter, 3),
      Place("[\"a\\u0000\"]", .nulCharacter, 9), Place("[tru", .truncated, 1),
      Place("[1e]", .badNumber, 3), Place("\u{FEFF}{}", .byteOrderMark, 0),
      Place("{\u{FEFF}}", .unexpected, 1),
    ]
  )
  func `a fault is named with its byte`(example: Place) {
    let error = fault(example.bytes)
    #expect(error?.reason == example.reason)
    #expect(error?.offset == example.offset)
    #expect(error.map { "\($0)".hasSuffix(", at byte \(example.offset)") } == true)
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0xC3, 0x28],
    ] as [[UInt8]]
  )
  func `bytes that are no UTF-8 are refused at the first of them`(bytes: [UInt8]) {
    for prefix in ["[\"é", "[\"\\n\\u00e9é"] {
      let error = fault(Array(prefix.utf8) + bytes + Array("\"]".utf8))
      #expect(error == JSONError(reason: .notUTF8, offset: prefix.utf8.count))
    }
  }

  @Test func `a text cut at any byte is refused within what is left of it`() throws {
    let text = #"{"leads":[{"n\u00e9":-1.5e3,"b":[true,false,null,"😀\ud83d\ude00"]},{}]}"#
    let bytes = Array(text.utf8)
    #expect(fault(bytes) == nil)
    for length in 0..<bytes.count {
      let error = try #require(fault(Array(bytes[..<length])))
      #expect(error.offset <= length)
    }
  }

  @Test(arguments: [("[", 64), ("{\"a\":", 320), ("[{\"a\":", 192)])
  func `a megabyte of openings is refused at the sixty-fifth`(opening: String, offset: Int) {
    let count = (1 << 20) / opening.utf8.count
    let error = fault(String(repeating: opening, count: count))
    #expect(error == JSONError(reason: .tooDeep, offset: offset))
  }

  @Test func `ten thousand levels that are closed again are refused, as deep as may be asked for`()
  {
    let text = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8), depth: 10_000) }
    #expect(throws: Never.self) {
      try JSON(
        parsing: Array(repeating: 0x5B, count: 512) + Array(repeating: 0x5D, count: 512),
        depth: 512
      )
    }
  }

  private static let thousand = String(repeating: "7", count: 1_000)

  @Test(
    arguments: [
      "1e400", "1E+400", "-1e999", "1e-999", "0.1e-998", "12.50e2", "-0", "1e0000000003", thousand,
      "-\(thousand)", "0.\(thousand.dropFirst())", "1.000",
    ]
  )
  func `a number keeps its own text`(number: String) throws {
    #expect(try JSON(parsing: Array("[\(number)]".utf8)).text == "[\(number)]")
  }

  @Test(
    arguments: [
      "1e1000", "1e-1000", "1e99999999999999999999999", "-1e-99999999999999999999999",
      "1\(thousand)", "0.\(thousand)", "10e999", String(repeating: "9", count: 100_000),
      "0." + String(repeating: "0", count: 100_000) + "1",
    ]
  )
  func `a number that is longer than a thousand digits when written out is refused`(
    number: String
  ) {
    #expect(fault("{\"n\":\(number)}") == JSONError(reason: .longNumber, offset: 5))
  }

  @Test func `a key of a hundred kilobytes is kept exactly, and told from one that ends otherwise`()
    throws
  {
    let long = String(repeating: "ã", count: 50_000)
    let text = "{\"\(long)1\":1,\"\(long)2\":2}"
    let json = try JSON(parsing: Array(text.utf8))
    #expect(json.text == text)
    #expect(json[long + "2"] == 2)
    #expect(
      fault("{\"\(long)1\":1,\"\(long)1\":2}")
        == JSONError(reason: .repeatedKey, offset: 100_007)
    )
  }

  @Test func `a repeated key is found among a hundred thousand`() throws {
    let members = (0..<100_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    let whole = try JSON(parsing: Array("{\(members)}".utf8))
    #expect(whole.members?.count == 100_000)
    #expect(whole["k99999"] == 0)
    let error = fault("{\(members),\"k5\":0}")
    #expect(error == JSONError(reason: .repeatedKey, offset: members.utf8.count + 2))
  }

  @Test(arguments: 1...12)
  func `a key that repeats the first is found whatever the number between them`(count: Int) {
    let members = (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(fault("{\(members)}") == nil)
    #expect(fault("{\(members),\"k0\":0}")?.reason == .repeatedKey)
  }

  @Test func `marks in a row are bounded, because comparing them takes the square of their number`()
  {
    let marks = "\u{301}\u{323}"
    func text(_ pairs: Int) -> String { "[{\"a\(String(repeating: marks, count: pairs))\":0}]" }
    #expect(fault(text(128)) == nil)
    #expect(fault(text(129)) == JSONError(reason: .tooManyMarks, offset: 3))
    #expect(fault(text(250_000)) == JSONError(reason: .tooManyMarks, offset: 3))
    let escaped = String(repeating: "\\u0301", count: 257)
    #expect(fault("[\"\(escaped)\"]") == JSONError(reason: .tooManyMarks, offset: 2))
  }

  @Test func `a megabyte of the longest runs of marks that may stand is read and compared at once`()
    throws
  {
    let run = "a" + String(repeating: "\u{301}\u{323}", count: 128)
    let text =
      "{\"\(String(repeating: run, count: 1_000))\":0,\"\(String(repeating: run, count: 1_000))b\":0}"
    let json = try JSON(parsing: Array(text.utf8))
    #expect(json.nfc == json)
    #expect(json["a"] == nil)
  }

  @Test func `a hundred thousand small objects are read`() throws {
    let text = "[" + Array(repeating: "{\"\":0}", count: 100_000).joined(separator: ",") + "]"
    #expect(try JSON(parsing: Array(text.utf8)).array?.count == 100_000)
  }
}
