import Leads
import TestKit
import Testing

struct IdentityTaxIDTests {
  @Test(arguments: [
    ("12ABC34501DE", "35"), ("000000000001", "91"), ("042520110001", "10"), ("599522590001", "85"),
    ("035607140001", "42"),
  ])
  func `a CNPJ is right with its own check digits only`(body: String, digits: String) throws {
    for number in 0..<100 {
      let tail = number < 10 ? "0\(number)" : "\(number)"
      let taxID = try #require(TaxID(body + tail))
      #expect(taxID.kind == .cnpj)
      #expect(taxID.isValid == (tail == digits), "\(body)\(tail)")
    }
  }

  @Test(arguments: [
    "12.ABC.345/01DE-35", "12abc34501de35", " 12ABC345/01DE-35 ", "CNPJ: 12.ABC.345/01DE-35",
  ])
  func `a CNPJ with letters is one however it is written`(text: String) throws {
    let taxID = try #require(TaxID(text))
    #expect(taxID.value == "12ABC34501DE35" && taxID.isValid)
    #expect(taxID.root == "12ABC345")
    #expect(taxID.keys == ["cnpj:12ABC34501DE35"])
  }

  @Test func `a letter counts as its code less 48, not less 55`() {
    // With the offset of 55 the official example would end in 45.
    #expect(TaxID("12ABC34501DE35")?.isValid == true)
    #expect(TaxID("12ABC34501DE45")?.isValid == false)
  }

  @Test(arguments: [("529982247", "25"), ("111444777", "35")])
  func `a CPF is right with its own check digits only`(body: String, digits: String) throws {
    for number in 0..<100 {
      let tail = number < 10 ? "0\(number)" : "\(number)"
      let taxID = try #require(TaxID("CPF \(body)-\(tail)"))
      #expect(taxID.kind == .cpf)
      #expect(taxID.isValid == (tail == digits), "\(body)\(tail)")
    }
    #expect(TaxID(body + digits)?.keys.first == "cpf:\(body)\(digits)")
  }

  @Test(
    arguments: [
      ("6713428000168", "cnpj:06713428000168"), ("6713428000168.0", "cnpj:06713428000168"),
      ("CNPJ 6713428000168", "cnpj:06713428000168"), ("191000100", nil), ("6713428000169", nil),
      // 001.234.567-… and 012.345.678-90 as a spreadsheet shows them.
      ("1234567890", "cpf:01234567890"), ("1234567891", nil),
    ] as [(String, String?)]
  )
  func `zeros in front that a spreadsheet took are given back where the check digits agree`(
    text: String,
    key: String?
  ) throws {
    let taxID = try #require(TaxID(text, in: .brazil))
    #expect(taxID.hadLostZeros == (key != nil))
    if let key { #expect(taxID.keys.first == key) }
  }

  @Test func `in Colombia ten digits are a number of its own`() throws {
    let taxID = try #require(TaxID("1234567890", in: .colombia))
    #expect(taxID.kind == .nit && !taxID.hadLostZeros)
    #expect(!taxID.keys.contains("cpf:01234567890"))
    #expect(TaxID("012.345.678-90")?.hadLostZeros == false)
  }

  @Test(arguments: Array("0123456789"))
  func `one digit all along is no number and no key, though the sums may be right`(digit: Character)
    throws
  {
    for count in [9, 10, 11, 14] {
      let taxID = try #require(TaxID(String(repeating: digit, count: count)))
      #expect(!taxID.isValid && taxID.keys.isEmpty)
    }
  }

  @Test(
    .behaviour("B057"),
    arguments: [("900373923", "8"), ("860069804", "2"), ("900123456", "8")]
  )
  func `a NIT is compared without its check digit, wherever that stands`(
    body: String,
    digit: String
  ) throws {
    let spellings = [
      "\(body)-\(digit)", "\(body) - \(digit)", "NIT \(body)-\(digit)", body, "\(body)\(digit)",
      "NIT. \(body.prefix(3)).\(body.dropFirst(3).prefix(3)).\(body.suffix(3))-\(digit)",
    ]
    for text in spellings {
      let taxID = try #require(TaxID(text), "\(text)")
      #expect(taxID.isValid && taxID.kind == .nit, "\(text)")
      #expect(taxID.keys.first == "nit:\(body)", "\(text)")
    }
    for wrong in "0123456789" where String(wrong) != digit {
      let taxID = try #require(TaxID("\(body)-\(wrong)"))
      #expect(!taxID.isValid && taxID.kind == .nit)
      #expect(taxID.keys == ["invalid:\(body)\(wrong)"])
    }
  }

  @Test func `ten digits are a number with its digit when that is right, and a bare number too`()
    throws
  {
    #expect(try #require(TaxID("9001234568")).keys == ["nit:900123456", "nit:9001234568"])
    #expect(try #require(TaxID("9001234567")).keys == ["nit:9001234567"])
  }

  @Test func `eleven digits that are right for both countries are read by the country`() throws {
    // A CPF whose last digit is also right for a NIT of ten digits.
    let both = try #require(
      (100_000_000..<100_100_000).lazy.compactMap { body -> String? in
        for tail in 0..<100 {
          let text = "\(body)\(tail < 10 ? "0" : "")\(tail)"
          guard let taxID = TaxID(text), taxID.kind == .cpf, taxID.keys.count == 2 else { continue }
          return text
        }
        return nil
      }.first
    )
    #expect(TaxID(both)?.kind == .cpf)
    #expect(TaxID(both, in: .colombia)?.kind == .nit)
    #expect(Set(TaxID(both)?.keys ?? []) == Set(TaxID(both, in: .colombia)?.keys ?? []))
  }

  @Test func `what fails its check is kept as typed, with a key that no valid number has`() throws {
    let wrong = try #require(TaxID("12.345.678/0001-00"))
    #expect(!wrong.isValid && wrong.kind == .cnpj && wrong.value == "12345678000100")
    #expect(wrong.keys == ["invalid:12345678000100"] && wrong.root == nil)
    let other = try #require(TaxID("isento 123"))
    #expect(!other.isValid && other.kind == .unknown)
    #expect(other.keys == ["invalid:ISENTO123"])
  }

  @Test(arguments: ["", "1234", "isento", "123456789012345678901"])
  func `too little or too much is no number`(text: String) {
    #expect((TaxID(text) == nil) == (text != "isento"))
  }

  @Test func `a description holds no digit of the number`() {
    #expect(TaxID("529.982.247-25")?.description == "cpf number")
  }
}
