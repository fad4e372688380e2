import Leads
import TestKit
import Testing

struct IdentityPhoneTests {
  @Test(
    .behaviour("B056"),
    arguments: [
      // Brazil.
      ("+55 (11) 98765-4321", "+5511987654321", .mobile),
      ("11987654321", "+5511987654321", .mobile),
      ("(11) 8765-4321", "+5511987654321", .mobile), ("5511987654321", "+5511987654321", .mobile),
      ("0 11 98765-4321", "+5511987654321", .mobile),
      ("0 15 11 98765-4321", "+5511987654321", .mobile),
      ("(0xx11) 98765-4321", "+5511987654321", .mobile),
      ("+55 (0) 11 98765-4321", "+5511987654321", .mobile),
      ("00 55 11 98765 4321", "+5511987654321", .mobile),
      ("(55) 99123-4567", "+5555991234567", .mobile),
      ("48 30252598", "+554830252598", .landline),
      ("0 15 11 3456-7890", "+551134567890", .landline),
      ("(11) 3456-7890 ramal 12", "+551134567890", .landline),
      ("11 98765-4321 / 11 3456-7890", "+5511987654321", .mobile),
      ("0800 123 4567", nil, .service), ("4004-1234", nil, .service), ("3003 1234", nil, .service),
      ("+55 800 123 4567", nil, .service), ("0300 123 4567", nil, .service),
      ("(11) 99999-9999", nil, .unknown), ("99999999999", nil, .unknown),
      ("23 3456-7890", nil, .unknown), ("98765-4321", nil, .unknown),
      // Colombia.
      ("+57 300 123 4567", "+573001234567", .mobile), ("300 123 4567", "+573001234567", .mobile),
      ("57 310 1234567", "+573101234567", .mobile), ("03 310 123 4567", "+573101234567", .mobile),
      ("601 2281260", "+576012281260", .landline), ("+57 601 228 1260", "+576012281260", .landline),
      ("+57 1 2281260", "+576012281260", .landline), ("57 1 2281260", "+576012281260", .landline),
      ("031 2281260", "+576012281260", .landline), ("+57 (4) 444 5566", "+576044445566", .landline),
      ("01 8000 910 123", nil, .service), ("300 000 0000", nil, .unknown),
      // Elsewhere.
      ("+1 212 555 1234", "+12125551234", .unknown), ("+34 612 345 678", "+34612345678", .unknown),
    ] as [(String, String?, PhoneNumber.Kind)]
  )
  func `a number is understood however it is written`(
    text: String,
    e164: String?,
    kind: PhoneNumber.Kind
  ) throws {
    let number = try #require(PhoneNumber(text))
    #expect(number.e164 == e164)
    #expect(number.kind == kind)
  }

  @Test(arguments: ["", "1234567", "ramal 12", "12345678901234567", "+55"])
  func `too few or too many digits are no number`(text: String) {
    #expect(PhoneNumber(text) == nil)
  }

  @Test(arguments: [
    "0800 123 4567", "4004-1234", "11 4004-1234", "01 8000 910 123", "11 99999-9999",
  ])
  func `a company's number and a filler are nobody's key`(text: String) {
    #expect(PhoneNumber(text)?.matchKeys == [])
  }

  @Test func `a number that two countries read differently has both readings`() throws {
    let number = try #require(PhoneNumber("312 345 6789"))
    #expect(number.reading.country == .brazil && number.kind == .landline)
    #expect(number.alternative?.country == .colombia && number.alternative?.kind == .mobile)
    #expect(number.matchKeys == ["553123456789", "573123456789"])
    let colombian = try #require(PhoneNumber("312 345 6789", in: .colombia))
    #expect(colombian.e164 == "+573123456789" && colombian.kind == .mobile)
    #expect(colombian.alternative?.country == .brazil)
    #expect(try #require(PhoneNumber("+57 312 345 6789")).alternative == nil)
    #expect(try #require(PhoneNumber("+55 31 2345 6789")).matchKeys == ["553123456789"])
  }

  @Test func `eight digits are a Colombian landline only where Colombia is likely`() {
    #expect(PhoneNumber("1 228 1260")?.kind == .unknown)
    #expect(PhoneNumber("1 228 1260", in: .colombia)?.e164 == "+576012281260")
  }

  @Test func `a number of today whose old form would be a landline's has no old form`() {
    // 11 94321-0987 was never 11 4321-0987: that is somebody's landline.
    #expect(PhoneNumber("11 94321-0987")?.matchKeys == ["5511943210987"])
  }

  @Test func `a description holds no digit of the number`() {
    #expect(PhoneNumber("11 98765-4321")?.description == "BR mobile number")
  }

  @Test(.behaviour("B056"), arguments: 0..<50 as Range<UInt64>)
  func `formatting changes no key`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20 {
      let (plain, prefix) = numbers.number()
      let expected = try #require(PhoneNumber(prefix + plain))
      let noisy = numbers.noise(plain)
      #expect(PhoneNumber(prefix + " " + noisy) == expected, "\(prefix) \(noisy)")
    }
  }

  @Test(.behaviour("B056"), arguments: 0..<50 as Range<UInt64>)
  func `a mobile number meets itself with and without its ninth digit`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20 {
      let area = numbers.area()
      let old = "\(numbers.digit(6...9))\(numbers.varied(7))"
      let with = try #require(PhoneNumber("+55\(area)9\(old)"))
      let without = try #require(PhoneNumber("\(area)\(old)", in: .brazil))
      #expect(with.e164 == without.e164)
      #expect(with.matchKeys.isSubset(of: without.matchKeys))
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a landline is never rewritten and never meets a mobile number`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20 {
      let area = numbers.area()
      let eight = "\(numbers.digit(2...5))\(numbers.varied(7))"
      let landline = try #require(PhoneNumber("+55\(area)\(eight)"))
      guard landline.kind != .service else { continue }
      #expect(landline.matchKeys == ["55\(area)\(eight)"])
      let mobile = try #require(PhoneNumber("+55\(area)9\(eight)"))
      #expect(mobile.kind == .mobile)
      #expect(landline.matchKeys.isDisjoint(with: mobile.matchKeys))
    }
  }
}

/// SplitMix64, and numbers made with it.
private struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func digit(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

  mutating func pick(_ texts: [String]) -> String { texts[digit(0...texts.count - 1)] }

  /// Never one digit all along, which would be a filler.
  mutating func varied(_ count: Int) -> String {
    "10" + (0..<count - 2).map { _ in "\(digit(0...9))" }.joined()
  }

  mutating func area() -> String {
    pick(["11", "21", "31", "48", "71", "92"])
  }

  /// National digits and a country code for them, or none.
  mutating func number() -> (digits: String, prefix: String) {
    switch digit(0...3) {
    case 0:
      (
        "\(area())9\(digit(1...9))\(varied(7))",
        pick(["", "+55", "55", "0055"])
      )
    case 1:
      (
        "\(area())\(digit(2...9))\(varied(7))",
        pick(["", "+55", "55", "0055"])
      )
    case 2: ("3\(digit(0...5))\(varied(8))", pick(["+57", "57", "0057"]))
    default:
      ("60\(digit(1...8))\(varied(7))", pick(["", "+57", "57", "0057"]))
    }
  }

  mutating func noise(_ digits: String) -> String {
    digits.map { digit in
      let gap = pick(["", "", "", " ", "-", ".", " - ", ") ", "(", "\u{A0}"])
      return "\(digit)\(gap)"
    }.joined()
  }
}
