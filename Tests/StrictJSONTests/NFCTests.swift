import StrictJSON
import Testing

struct NFCTests {
  @Test(
    arguments: [
      ("Joa\u{303}o", "João"), ("Sa\u{303}o Jose\u{301}", "São José"), ("\u{212B}", "Å"),
      ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{1100}\u{1161}", "가"), ("João", "João"),
      ("😀👩‍👩‍👧", "😀👩‍👩‍👧"), ("", ""), ("a\u{2FF}", "a\u{2FF}"),
    ]
  )
  func `texts that look alike get equal bytes`(text: String, composed: String) {
    #expect(Array(text.nfc.utf8) == Array(composed.utf8))
    #expect(Array(text.nfc.nfc.utf8) == Array(text.nfc.utf8))
    #expect(text.nfc == text)
  }
}
