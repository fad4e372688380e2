import Testing
import Belt

struct RetryAfterTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  private static let then: Int64 = 784_111_777

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
    ("Sun Nov  6 08:49:37 1994", 784_111_777),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
    ("Wed Dec 31 23:59:60 2025", 1_767_225_600),
    ("Sunday, 29-Nov-26 17:00:00 GMT", 1_795_971_600),
  ])
  func `each form of a date is read`(text: String, seconds: Int64) {
    #expect(HTTPDate(text, now: 1_795_971_600)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 BRT",
    "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 6 11 1994 08:49:37 GMT",
    "Foo, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2025 12:00:00 GMT", "2026-11-29T17:00:00Z",
    "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 8:49:37 1994", "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, ٠٦ Nov 1994 08:49:37 GMT",
  ])
  func `what is no date is not taken for one`(text: String) {
    #expect(HTTPDate(text, now: 0) == nil)
  }

  @Test(arguments: [
    ("120", 120), (" 7 ", 7), ("0", 1), ("2.5", 3), ("2.0", 2), ("86401", 86_400),
    ("99999999999999999999999", 86_400), ("Sun, 06 Nov 1994 08:59:37 GMT", 600),
    ("Sunday, 06-Nov-94 08:59:37 GMT", 600), ("Sun Nov  6 08:59:37 1994", 600),
    ("Sun, 06 Nov 2094 08:59:37 GMT", 86_400),
  ])
  func `seconds and dates are waited for, at least a second and at most a day`(
    text: String,
    seconds: Int64
  ) {
    #expect(RetryAfter.wait(text, now: Self.then) == .seconds(seconds))
  }

  @Test(arguments: [
    nil, "", " ", "-3", "+3", "1e3", "0x10", "nan", "inf", "3 s", "3,5", ".5", "5.", "later",
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT",
    "Mon, 01 Jan 1900 00:00:00 GMT",
  ])
  func `nonsense and what is over ask for nothing`(text: String?) {
    #expect(RetryAfter.wait(text, now: Self.then) == nil)
  }

  @Test func `a date is compared with the clock of the one who sent it`() {
    let wait = RetryAfter.wait(
      "Sun, 06 Nov 1994 09:00:00 GMT",
      date: "Sun, 06 Nov 1994 08:59:30 GMT",
      now: Self.then + 86_400
    )
    #expect(wait == .seconds(30))
  }
}
