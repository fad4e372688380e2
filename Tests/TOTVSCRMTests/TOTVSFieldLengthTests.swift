import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import TOTVSCRM

struct TOTVSFieldLengthTests {
  /// Where the body of a lead has each field that is cut.
  static let paths: [(field: TOTVSField, path: String)] = [
    (.city, "addresses.0.cityName"), (.mobile, "phones.1.number"), (.jobTitle, "jobTitle"),
    (.company, "tradingName"), (.state, "addresses.0.stateName"), (.facebook, "facebook"),
    (.linkedin, "linkedin"), (.name, "name"), (.phone, "phones.0.number"), (.website, "website"),
  ]

  /// What is given, and how many of its scalars are kept.
  static let lengths: [(text: String, kept: Int)] = [
    (String(repeating: "a", count: 255), 255),
    ("  " + String(repeating: "a", count: 255) + "\n", 255),
    (String(repeating: "a", count: 256), 255),
    (String(repeating: "a", count: 5000), 255),
    // In UTF-8 twice and four times as many bytes: they do not count.
    (String(repeating: "ç", count: 255), 255),
    (String(repeating: "😀", count: 255), 255),
    (String(repeating: "😀", count: 256), 255),
    // Two scalars a letter.
    (String(repeating: "e\u{301}", count: 127) + "a", 255),
    (String(repeating: "e\u{301}", count: 128), 254),
    // The last letter ends with the field.
    (String(repeating: "a", count: 253) + "e\u{301}", 255),
    (String(repeating: "a", count: 254) + "e\u{301}", 254),
    // A family of seven scalars, and a flag of two, across the end.
    (String(repeating: "a", count: 250) + "👩‍👩‍👧‍👦", 250),
    (String(repeating: "a", count: 254) + "🇧🇷", 254),
    // One letter longer than the field.
    ("e" + String(repeating: "\u{301}", count: 300), 255),
  ]

  @Test(
    .behaviour(
      "B187",
      "B188",
      "B189",
      "B191",
      "B192",
      "B193",
      "B194",
      "B195",
      "B196",
      "B197"
    ),
    arguments: paths,
    lengths
  )
  func `a standard field holds 255 characters`(
    line: (field: TOTVSField, path: String),
    length: (text: String, kept: Int)
  ) throws {
    let given = length.text.trimmed
    let lead = try TOTVSLead.sample(.maria { $0.fill(line.field, length.text) })
    let written = try #require(lead.body.at(line.path)?.string)
    #expect(written.unicodeScalars.count == length.kept)
    #expect(given.unicodeScalars.starts(with: written.unicodeScalars))
    if given.unicodeScalars.count > 255, given.count > 1 {
      #expect(given.hasPrefix(written))
    }
  }

  @Test(.behaviour("B190"), arguments: [(255, true), (256, false), (5000, false)])
  func `an e-mail address that is too long is refused and never cut`(
    length: Int,
    isTaken: Bool
  ) throws {
    let domain = "@acme.com.br"
    let address = String(repeating: "é", count: length - domain.count) + domain
    let lead = RecordDraft.maria { $0.email = " \(address) " }
    if isTaken {
      let made = try TOTVSLead.sample(lead)
      #expect(made.body.at("emails.0.email")?.string == address)
      return
    }
    let error = try #require(throws: CRMError.self) { try TOTVSLead.sample(lead) }
    #expect(error.code == .refused)
    #expect(error.reason.code == "email_too_long")
    #expect(error.reason.sentence.contains("“E-mail”"))
    #expect(!error.reason.sentence.contains("@"))
  }
}
