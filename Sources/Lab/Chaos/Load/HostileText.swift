/// Bodies that a stranger with the address could send; kept for ever.
enum HostileText {
  static let bodies: [[UInt8]] =
    texts.map { Array(legacy(name: $0).utf8) } + raw.map { Array($0.utf8) } + [
      Array("{\"leads\":[{\"name\":\"".utf8) + [0xFF, 0xFE, 0xC0, 0x80] + Array("\"}]}".utf8)
    ]

  /// Inside a JSON string, as they stand in the source.
  private static let texts = [
    #"\u0000"#, #"a\u0000b"#, #"\ud800"#, #"\udc00 alone"#, #"\ud83d\ude00"#, #"\u202Etxt.exe"#,
    #"=cmd|'/c calc'!A0"#, #"+1+1"#, #"@SUM(A1)"#, #"'; drop table lead; --"#, #"{{7*7}}"#,
    #"<script>alert(1)</script>"#, #"%00"#, #"\u200b\u200b"#, #"\uFFFF"#, #"\b\f\n\r\t"#,
    #"%s%n%x"#,
    String(repeating: "a", count: 100_000), String(repeating: "é\u{301}", count: 1000),
  ]

  private static let raw = [
    "", "null", "[]", "{}", "{", "\"", "true", "1e400", "-0", "{\"leads\":null}", "{\"leads\":{}}",
    "{\"leads\":[]}", "{\"leads\":[null]}", "{\"leads\":[1]}", "{\"leads\":[{}]}",
    "{\"leads\":[[]]}",
    #"{"leads":[{"id":1e400}]}"#, #"{"leads":[{"id":"1","id":"2","email":"x@y.z","email":3}]}"#,
    #"{"leads":[{"email":"not an address"}]}"#,
    #"{"leads":[{"email":"a@b.co","custom_fields":[]}]}"#,
    #"{"event_type":"WEBHOOK.CONVERTED","contact":null}"#,
    #"{"event_type":"WEBHOOK.CONVERTED","contact":{"uuid":"..%2f..%2f"}}"#,
    #"{"event_type":{"a":1},"contact":{"email":["x"]}}"#,
    String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
    String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000),
    #"{"leads":["# + String(repeating: #"{"email":"a@b.co"},"#, count: 2000) + "{}]}",
  ]

  private static func legacy(name: String) -> String {
    #"{"leads":[{"id":"9","uuid":"5408c5a3-4711-4f2e-8d0b-13407a3e30f3","email":"hostile@text.example","#
      + #""name":""# + name
      + #"","job_title":""# + name
      + #"","last_conversion":{"content":{"identificador":"fale-conosco"},"#
      + #""created_at":"2026-03-02T09:00:00.000-03:00","cumulative_sum":"1"}}]}"#
  }
}
