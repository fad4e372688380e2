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

  /// Nil when nothing is left but a legal form.
  package init?(_ text: String) {
    var words = FoldedWords(text).words
    for index in words.indices {
      let word = words[index]
      let isInside = index > words.startIndex && index < words.endIndex - 1
      if isInside, !word.isSpelled, ["e", "y"].contains(word.text) { words[index].text = "&" }
      if ["companhia", "compania"].contains(word.text) { words[index].text = "cia" }
    }
    while let form = Self.lengthOfForm(ending: words) {
      words.removeLast(form)
      while words.last?.text == "&" { words.removeLast() }
    }
    guard words.contains(where: { $0.text != "&" }) else { return nil }
    original = text.trimmed.composed
    key = words.map(\.text).joined(separator: " ")
  }

  /// In words; nil where no legal form stands at the end.
  private static func lengthOfForm(ending words: [FoldedWords.Word]) -> Int? {
    // `eu` is also a word (“I”), so it is a form only when it is spelled.
    if let last = words.last, last.isSpelled, last.text == "eu" { return 1 }
    let texts = words.map(\.text)
    return forms.first { texts.suffix($0.count).elementsEqual($0) }?.count
  }

  /// How the legal forms of Brazil and Colombia are written, as folded words; the longer first.
  private static let forms: [[String]] = [
    ["s", "en", "cs"], ["s", "en", "c"], ["s", "a", "s"], ["s", "c", "a"], ["&", "s", "p"],
    ["s", "a"], ["ltda"], ["limitada"], ["eireli"], ["slu"], ["sa"], ["sas"], ["sca"], ["spe"],
    ["scp"], ["coop"], ["fundacion"], ["fundacao"], ["cia"], ["esp"], ["mei"], ["me"], ["epp"],
  ]
}
