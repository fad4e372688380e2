/// A company's name, taken apart for comparing; what is shown stays as it came.
package struct CompanyName: Sendable, Hashable {
  /// Trimmed and in composed form.
  package let original: String
  /// Folded, without punctuation and legal form: `PRADO & CIA. Ltda.` → `prado`.
  ///
  /// `&`, `e` and `y` between two words are one. Two companies that differ only in their form (ACME
  /// LTDA, ACME S.A.) have one key: people leave the form out or guess it, and the tax number tells real
  /// ones apart. A form in front (`Fundación Prado`, `Cia. Prado`) is part of the name.
  package let key: String
  /// Nil when the name does not say.
  package let legalForm: LegalForm?

  /// Nil when nothing is left but a legal form.
  package init?(_ text: String) {
    var words = FoldedWords(text).words
    for index in words.indices {
      let word = words[index]
      let isInside = index > words.startIndex && index < words.endIndex - 1
      if isInside, !word.isSpelled, ["e", "y"].contains(word.text) { words[index].text = "&" }
      if ["companhia", "compania"].contains(word.text) { words[index].text = "cia" }
    }
    var forms: [LegalForm] = []
    while let (count, form) = Self.ending(of: words) {
      words.removeLast(count)
      forms.append(form)
      while words.last?.text == "&" { words.removeLast() }
    }
    guard words.contains(where: { $0.text != "&" }) else { return nil }
    original = text.trimmed.composed
    key = words.map(\.text).joined(separator: " ")
    legalForm = LegalForm.allCases.first(where: forms.contains)
  }

  private static func ending(of words: [FoldedWords.Word]) -> (count: Int, form: LegalForm)? {
    // `eu` is also a word (“I”), so it is a form only when it is spelled.
    if let last = words.last, last.isSpelled, last.text == "eu" { return (1, .soleOwner) }
    let texts = words.map(\.text)
    for (ending, form) in LegalForm.endings where texts.suffix(ending.count).elementsEqual(ending) {
      return (ending.count, form)
    }
    return nil
  }
}
