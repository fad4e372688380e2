/// The words of a name, folded for comparing.
///
/// Punctuation parts words, an apostrophe does not (`D'Ávila` → `davila`), and letters with dots or
/// strokes between them are one word (`S. A.`, `S/A` → `sa`). A `&` is a word of its own.
struct FoldedWords {
  struct Word: Hashable {
    var text: String
    /// What stands between the letters of a word that is written letter by letter.
    var joint: String?

    var isSpelled: Bool { joint != nil }
  }

  private(set) var words: [Word] = []

  init(_ name: String) {
    var text = ""
    var gap = ""
    for character in name.folded {
      if character.isLetter || character.isNumber {
        text.append(character)
      } else if apostrophes.contains(character), !text.isEmpty {
        continue
      } else {
        if !text.isEmpty { append(text, after: &gap) }
        text = ""
        if character == "&" {
          words.append(Word(text: "&"))
          gap = ""
        } else {
          gap.append(character)
        }
      }
    }
    if !text.isEmpty { append(text, after: &gap) }
  }

  private mutating func append(_ text: String, after gap: inout String) {
    defer { gap = "" }
    // One joint a word, so that `S.A. E.S.P.` is two.
    if [".", "/", ". "].contains(gap), text.count == 1, text.first?.isLetter == true,
      let last = words.last, last.joint == gap || last.text.count == 1
    {
      words[words.count - 1] = Word(text: last.text + text, joint: gap)
    } else {
      words.append(Word(text: text))
    }
  }
}

private let apostrophes: Set<Character> = ["'", "’", "‘", "`", "´"]
