/// What people, their keyboards and their enemies put into a form: kept for ever, only added to.
enum HostileText {
  /// Texts that JSON can carry, each to be stored exactly or refused.
  static let texts: [String] =
    injections + controls + directions + scripts + joined + lookalikes + numbers + long
    + everyControl

  /// For those who would read them as a program.
  private static let injections = [
    "'; drop table lead; --", "' or '1'='1", "\" or \"\"=\"", "1; select pg_sleep(10)", "'||'a",
    "$1", "$$", "$tag$x$tag$", "\\'; --", "%' escape '", "E'\\x00'", "{}", "{a,b}", "(1,2)", "NULL",
    "null", "\\N", "\\.", "true", "undefined", "NaN", "Infinity", "-Infinity", "[object Object]",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>",
    "javascript:alert(1)", "&lt;b&gt;", "&#x3c;b&#x3e;", "<!--", "]]>", "<![CDATA[x]]>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;", "{{7*7}}", "${7*7}", "#{7*7}",
    "<%= 7*7 %>", "${jndi:ldap://x/a}", "%n%n%s%x", "%00", "%0d%0aSet-Cookie: a=b",
    "../../etc/passwd",
    "..\\..\\boot.ini", "file:///etc/passwd", "C:\\con\\aux", "|| true", "; rm -rf /", "`id`",
    "$(id)",
    "a\nb", "\u{1B}]0;x\u{07}", "&& shutdown -h now", "| nc -l 1", "> /etc/passwd", "*", "?", "~",
    "!",
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")",
    "=IMPORTXML(CONCAT(\"http://x/\",A1),\"//a\")", "\t=1+1", "\r=1+1", "＝1+1", "\"=1+1\"", "'=1+1",
    "a,b", "a;b", "a\"b", "\"\"", "a\r\nb", "a\rb", "a\tb", "Bcc: x@y.z", "a\r\nBcc: x@y.z",
    "a\r\n\r\nGET / HTTP/1.1", "level=error msg=x", "x\" level=error y=\"", "a=b", "time=2026",
    "*)(uid=*))(|(uid=*", "{\"$gt\":\"\"}", "__proto__", "constructor", "toString",
    "{\"a\":1}", "[1,2]", "\\", "\\\\", "\\\"", "\\u0000", "\\ud800", "/", "//", "\"", "'", "´",
    "“x”",
  ]

  /// For terminals and logs.
  private static let controls = [
    "a\0b", "\0", "a\u{1B}[31mred\u{1B}[0m", "\u{1B}[2J", "\u{1B}[1A\u{1B}[2K",
    "\u{1B}]8;;http://x\u{07}y",
    "\u{1B}P1$r\u{1B}\\", "\u{9B}31m", "\u{85}", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "a\u{0B}b",
    "a\u{0C}b", "a\u{08}\u{08}b", "a\u{7F}b", "\u{07}", "a\u{1A}b", "a\u{04}b", "a\u{FEFF}b",
    "\u{FEFF}a",
    "a\u{FFFD}b", "a\u{FFFE}b", "a\u{FFFF}b", "a\u{FFF9}b\u{FFFA}c\u{FFFB}", "a\u{1FFFE}b",
    "a\u{10FFFF}b", "a\u{E000}b", "a\u{AD}b", "a\u{180E}b",
  ]

  /// For eyes.
  private static let directions = [
    "\u{202E}moc.live", "\u{202D}a", "a\u{202A}b\u{202C}", "a\u{2066}b\u{2069}", "a\u{2067}b",
    "a\u{2068}b\u{2069}c", "\u{200F}a", "\u{200E}a", "\u{061C}a", "gpj.\u{202E}exe", "a\u{202B}b",
  ]

  /// Names as they are.
  private static let scripts = [
    "José da Silva", "Jose\u{301}", "São Paulo", "Sa\u{303}o Paulo", "Ñandú", "N\u{303}andu",
    "Ångström",
    "A\u{30A}ngstro\u{308}m", "Ａｎａ", "محمد علي", "עברית", "محمد John", "١٢٣", "中文名字", "山田 太郎",
    "김철수",
    "각", "ক্ষ", "क्षत्रिय", "தமிழ்", "ไทย กำ", "អក្សរខ្មែរ", "မြန်မာ", "ქართული", "Հայերեն", "Ελλάδα", "Привет",
    "ȘȚ", "ẞ", "ŉ", "ǆ", "ﬁ", "İstanbul", "ıi", "O’Neill", "D'Ávila", "Lima–Souza", "𠮷野家", "𝓐𝓷𝓪",
    "ᚠᛇᚻ",
    "Nguyễn", "Nguye\u{302}\u{303}n", "\u{1100}\u{1161}\u{11A8}", "ﷺ", "ﷲ", "Ω", "\u{2126}",
    "\u{212B}",
    "K", "\u{F900}", "\u{2F800}", "q\u{307}\u{323}", "q\u{323}\u{307}",
  ]

  /// What is one letter to a person.
  private static let joined = [
    "👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇧🇷", "🇧", "🇧🇷🇨", "👍🏿", "❤️", "❤", "1️⃣", "🫠", "\u{1F468}\u{200D}",
    "\u{200D}", "a\u{200D}b", "a\u{200C}b", "\u{FE0F}", "Z̷̛͖a̴͍͋l̶̗͝g̷̢̈́o̴̠̚", "\u{301}", "\u{301}a",
    "a" + String(repeating: "\u{301}", count: 20), "a" + String(repeating: "\u{489}", count: 256),
    "a" + String(repeating: "\u{301}", count: 257), "e\u{301}\u{301}\u{301}",
  ]

  /// What looks like nothing, or like another.
  private static let lookalikes = [
    "\u{200B}", "a\u{200B}b", "\u{2060}", "a\u{3164}b", "\u{115F}", "a\u{A0}b", "a\u{3000}b", "а",
    "раураl",
    "аdmin", "ɡoogle", "l1I|", "rn", "𝐚", "ᵃ", "①", "½", "a\u{34F}b", "\u{2800}", "a\u{2003}b",
    "аcme", "acme\u{200B}", "ACME", "a  b",
  ]

  /// What looks like a number, a date or a key.
  private static let numbers = [
    "1e400", "-0", "0x10", "1,5", "1.5", "00123", "9007199254740993", "99999999999999999999", "1/2",
    "٣", "1_000", "31/02/2026", "0000-00-00", "2026-13-45T99:99:99Z", "000.000.000-00",
    "111.111.111-11", "+55 (11) 9", "+", "@", "a@", "@b", "a@b", "a@b@c", "a..b@c.d", "\"a b\"@c.d",
    "a@[127.0.0.1]", "a@b.c\r\nBcc: d@e.f", "00000000-0000-0000-0000-000000000000",
  ]

  private static let long = [
    String(repeating: "a", count: 512), String(repeating: "é", count: 512),
    String(repeating: "👨‍👩‍👧‍👦", count: 70), String(repeating: "\u{FDFA}", count: 512),
    String(repeating: "'", count: 512), String(repeating: "\\", count: 512),
    String(repeating: "\u{1B}[31m", count: 100), String(repeating: "\n", count: 3) + "a",
  ]

  /// Each of C0, C1 and DEL, between two letters.
  private static let everyControl: [String] = (Array(UInt32(1)..<0x20) + Array(0x7F...0x9F))
    .compactMap {
      Unicode.Scalar($0).map { "x\(Character($0))y" }
    }

  /// Bodies that are no JSON of ours, by what is wrong with them.
  static let bodies: [(what: String, bytes: [UInt8])] = [
    ("nothing", []), ("a space", text(" ")), ("half", text(#"{"leads":[{"#)),
    ("a word", text("lead")),
    ("a byte-order mark", [0xEF, 0xBB, 0xBF] + text("{}")), ("UTF-16", [0xFF, 0xFE, 0x7B, 0]),
    ("an overlong slash", contact([0xC0, 0xAF])), ("an overlong NUL", contact([0xC0, 0x80])),
    ("an overlong three", contact([0xE0, 0x80, 0xAF])),
    ("a surrogate", contact([0xED, 0xA0, 0x80])),
    ("two surrogates", contact([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80])),
    ("beyond Unicode", contact([0xF4, 0x90, 0x80, 0x80])),
    ("five bytes", contact([0xF8, 0x88, 0x80, 0x80, 0x80])),
    ("a lone tail", contact([0x80])), ("a cut head", contact([0xE2, 0x82])),
    ("Latin-1", contact([0xE3])),
    ("a raw NUL", contact([0])), ("a raw line end", contact([10])),
    ("a raw escape", contact([0x1B])),
    ("an escaped NUL", contact(text(#"\u0000"#))), ("a high half", contact(text(#"\ud800"#))),
    ("a low half", contact(text(#"\udc00"#))), ("two high halves", contact(text(#"\ud800\ud800"#))),
    ("a swapped pair", contact(text(#"\udc00\ud800"#))),
    ("an unknown escape", contact(text(#"\x41"#))),
    ("a short escape", contact(text(#"\u12"#))),
    ("a repeated key", text(#"{"contact":{},"contact":{},"event_type":"x"}"#)),
    ("keys that look alike", text("{\"contact\":{\"e\u{301}\":1,\"é\":2},\"event_type\":\"x\"}")),
    (
      "ten thousand lists",
      Array(repeating: 0x5B, count: 10_000) + Array(repeating: 0x5D, count: 10_000)
    ),
    ("ten thousand objects", text(String(repeating: #"{"a":"#, count: 10_000))),
    ("a number of its own size", text("{\"contact\":{\"a\":1e9999},\"event_type\":\"x\"}")),
    ("a plus", text("{\"a\":+1}")), ("a bare point", text("{\"a\":.5}")),
    ("octal", text("{\"a\":010}")),
    ("NaN", text("{\"a\":NaN}")), ("Infinity", text("{\"a\":-Infinity}")),
    ("a comment", text("{/**/}")),
    ("single quotes", text("{'a':1}")), ("a comma too many", text(#"{"a":1,}"#)),
    ("two values", text("{}{}")),
    ("a null", text("null")), ("a list", text("[]")), ("no lead", text("{}")),
    ("a list as contact", text(#"{"event_type":"WEBHOOK.CONVERTED","contact":[]}"#)),
    ("leads that are a number", text(#"{"leads":1}"#)),
    ("a lead that is a text", text(#"{"leads":["a"]}"#)),
    ("a lead without a name", text(#"{"leads":[{}]}"#)),
    ("an unknown event", text(#"{"event_type":"WEBHOOK.\u001b[2J","contact":{"email":"a@b.co"}}"#)),
    (
      "an e-mail of 300",
      text(
        #"{"event_type":"WEBHOOK.CONVERTED","contact":{"uuid":"u","email":""#
          + String(repeating: "a", count: 300) + #"@b.co"}}"#
      )
    ),
    ("a bomb of marks", contact(text("a" + String(repeating: "\u{301}", count: 5_000)))),
  ]

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// A sound body around some bytes of a name.
  private static func contact(_ name: [UInt8]) -> [UInt8] {
    text(#"{"event_type":"WEBHOOK.CONVERTED","contact":{"email":"a@b.co","name":"x"#) + name
      + text(#"y"}}"#)
  }
}
