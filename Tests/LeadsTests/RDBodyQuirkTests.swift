import Belt
import StrictJSON
import TestKit
import Testing

@testable import Leads

/// What senders of the older body do with types and words (rd-station-marketing.md 3.2, 10).
struct RDBodyQuirkTests {
  @Test(
    arguments: [
      ("true", true), ("True", true), (true, true), ("1", true), (1, true), ("false", false),
      (false, false), ("0", false), (0, false), ("sim", nil), ("", nil), (.null, nil), (2, nil),
    ] as [(JSON, Bool?)]
  )
  func `a truth may be a text`(sent: JSON, read: Bool?) throws {
    let event = try Bodies.event(Bodies.legacy(opportunity: sent), trigger: .conversion)
    #expect(event.lead.isOpportunity == read)
  }

  @Test(
    arguments: [
      ("42", 42), (42, 42), ("3.0", 3), (.number("3.00"), 3), (" 7 ", 7), ("0", 0), (0, 0),
      ("3.5", nil), ("3.", nil), ("-1", nil), ("1e3", nil), (.number("1e400"), nil),
      ("2147483647", 2_147_483_647), ("2147483648", nil), ("três", nil), ("", nil), (.null, nil),
      (["1"], nil), (true, nil),
    ] as [(JSON, Int?)]
  )
  func `a count may be a text, and fits into the database`(sent: JSON, read: Int?) throws {
    #expect(try Bodies.event(Bodies.legacy { $0["interest"] = sent }).lead.interest == read)
    let event = try Bodies.event(
      Bodies.legacy { lead in
        lead["number_conversions"] = sent
        lead["last_conversion"] = ["source": "guia"]
      }
    )
    #expect(event.number == read)
  }

  @Test(
    arguments: [
      (["a", "b"], ["a", "b"]), ("a, b ,,c", ["a", "b", "c"]), ("a", ["a"]),
      ([" a ", "", .null, 7, "b"], ["a", "7", "b"]), ([], nil), ("", nil), (" , ", nil),
      (.null, nil), ([[:]], nil), (7, nil),
    ] as [(JSON, [String]?)]
  )
  func `tags may be a list, a text with commas or null`(sent: JSON, read: [String]?) throws {
    #expect(try Bodies.event(Bodies.legacy(tags: sent)).lead.tags == read)
    #expect(try Bodies.event(Bodies.current { $0["tags"] = sent }).lead.tags == read)
  }

  @Test(
    arguments: [
      ("a", "A"), (" D ", "D"), ("b", "B"), ("e", nil), ("unknown", nil), ("", nil), (.null, nil),
      (2, nil),
    ] as [(JSON, String?)]
  )
  func `the profile letter is a capital from A to D`(sent: JSON, read: String?) throws {
    #expect(try Bodies.event(Bodies.legacy(fitScore: sent)).lead.fitLetter == read)
  }

  @Test(
    arguments: [
      ("Lead", .lead), ("lead qualificado", .qualifiedLead), ("Cliente", .client),
      ("Client", .client), ("Lead calificado", .qualifiedLead), ("unknown", nil), (3, nil),
    ] as [(JSON, LifecycleStage?)]
  )
  func `stages are read in each language, and unknown words are none`(
    sent: JSON,
    read: LifecycleStage?
  ) throws {
    #expect(try Bodies.event(Bodies.legacy { $0["lead_stage"] = sent }).lead.lifecycleStage == read)
  }

  @Test(
    arguments: [
      (5_511_970_001_234, "5511970001234"), (" 11 97000-1234 ", "11 97000-1234"),
      (true, nil), ([:], nil),
    ] as [(JSON, String?)]
  )
  func `a phone may be a number`(sent: JSON, read: String?) throws {
    let lead = try Bodies.event(Bodies.current { $0["mobile_phone"] = sent }).lead
    #expect(lead.mobilePhone == read)
    #expect(lead.state(of: "mobile_phone") == (read.map { .value(.string($0)) } ?? .notSent))
  }

  @Test(
    arguments: [
      ("2026-03-09T14:02:10.000-03:00", 1_773_075_730_000),
      ("2026-03-09T14:02:10-03:00", 1_773_075_730_000), ("2026-03-09T17:02:10Z", 1_773_075_730_000),
      ("2026-03-09 17:02:10.25+0000", 1_773_075_730_250),
      ("2026-03-09T17:02:10.123456789Z", 1_773_075_730_123), ("1970-01-01T00:00:00Z", 0),
      ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("2199-12-31T23:59:59Z", 7_258_118_399_000),
      ("2026-03-09T14:02:10", nil), ("2026-03-09", nil), ("09/03/2026 14:02", nil),
      ("2026-02-29T00:00:00Z", nil), ("2100-02-29T00:00:00Z", nil), ("2026-13-01T00:00:00Z", nil),
      ("2026-04-31T00:00:00Z", nil), ("2026-03-09T24:00:00Z", nil), ("2026-03-09T14:60:00Z", nil),
      ("1969-12-31T23:59:59Z", nil), ("0001-01-01T00:00:00Z", nil), ("2200-01-01T00:00:00Z", nil),
      ("9999-12-31T23:59:59Z", nil), ("99999999999-01-01T00:00:00Z", nil),
      ("2026-03-09T14:02:10.Z", nil), ("2026-03-09T14:02:10Zulu", nil), ("", nil), ("unknown", nil),
      ("２０２６-03-09T14:02:10Z", nil), ("2026-03-09T14:02:10+24:00", nil),
    ] as [(String, Int64?)]
  )
  func `a time is a moment or none`(text: String, milliseconds: Int64?) throws {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
    #expect(try Bodies.event(Bodies.legacy(convertedAt: text)).occurredAt == Timestamp(text))
  }

  @Test func `every day of two centuries follows the one before it`() throws {
    var expected: Int64 = 0
    for year in 1970...2199 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        for day in 1...days {
          let text = "\(year)-\(padded(month + 1))-\(padded(day))T00:00:00Z"
          try #require(Timestamp(text)?.milliseconds == expected)
          expected += 86_400_000
        }
      }
    }
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static let sessions =
    #"{"first_session":{"value":"utm_source=first"},"current_session":{"value":"%"}}"#

  /// `encoded_` and base64 without padding of both sessions.
  private static func encoded(_ value: String) -> String {
    encodedText(sessions.replacing("%", with: value))
  }

  private static func encodedText(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    let groups = stride(from: 0, to: bits.count, by: 6).map { start in
      (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
    }
    return "encoded_" + String(groups.map { alphabet[$0] })
  }

  @Test(
    arguments: [
      (encoded("utm_source=google&utm_medium=cpc&utm_campaign=marca"), "google / cpc / marca"),
      (
        encoded("https://exemplo.com.br/?utm_medium=e%2Dmail&utm_source=rd+station#x"),
        "rd station / e-mail"
      ),
      (encoded("utm_source=s%C3%A3o"), "são"), (encoded("utm_source=sa%CC%83o"), "são"),
      (encoded("https://exemplo.com.br/"), nil), (encoded("(none)"), nil), (encoded(""), nil),
      (encoded("utm_source=unknown&utm_medium=Unknown"), nil), (encoded("utm_source=%00"), nil),
      (encoded("utm_source=%FF"), nil), (encoded("utm_source=100%"), "100%"),
      (encoded("utm_source=a%+1b"), "a% 1b"),
      (encoded("utm_source=google") + "===", "google"),
      (
        encodedText(#"{"current_session":{"source":"bing","medium":"organic","campaign":null}}"#),
        "bing / organic"
      ),
      (encodedText(#"{"first_session":{"value":"utm_source=google"}}"#), nil),
      (encodedText(#"{"current_session":"utm_source=google"}"#), nil), (encodedText("[]"), nil),
      (encodedText("{"), nil), ("encoded_", nil), ("encoded_§§§", nil), ("encoded_AAAAA", nil),
      (
        "encoded_eyJjdXJyZW50X3Nlc3Npb24iOnsidmFsdWUiOiJ1dG1fc291cmNlPWdvb2dsZSJ9fQ", "google"
      ),
      ("Busca orgânica", "Busca orgânica"), ("unknown", nil), ("", nil),
      ("utm_source=google&utm_medium=cpc", "google / cpc"),
    ] as [(String, String?)]
  )
  func `the visitor's session is the origin where RD gives none, and never a failure`(
    source: String,
    origin: String?
  ) throws {
    func event(_ attribution: JSON) throws -> LeadEvent {
      try Bodies.event(
        Bodies.legacy { lead in
          lead["last_conversion"] = [
            "source": "guia", "conversion_origin": attribution,
            "content": ["traffic_source": .string(source)],
          ]
        }
      )
    }
    #expect(
      try event(["source": "unknown", "medium": "Unknown", "campaign": nil]).origin == origin
    )
    #expect(try event(.null).origin == origin)
    #expect(try event(["source": "facebook", "medium": "unknown"]).origin == "facebook")
  }

  @Test func `an endless campaign of combining marks costs no more than its length`() throws {
    let marks = String(repeating: "%CC%81%CC%A3", count: 30_000)
    let event = try Bodies.event(
      Bodies.legacy { lead in
        lead["last_conversion"] = [
          "source": "guia",
          "content": ["traffic_source": .string(Self.encoded("utm_source=a" + marks))],
        ]
      }
    )
    #expect(event.origin?.unicodeScalars.count == 512)
  }
}
