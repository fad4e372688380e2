/// A company name as a key for matching: lower case, without accents, punctuation and extra spaces.
package struct CompanyKey: Sendable, Hashable {
  package let folded: String

  /// Nil when no letter or digit is left.
  package init?(name: String) {
    var folded = ""
    var gap = false
    for character in name.lowercased() {
      guard character.isLetter || character.isNumber else {
        gap = true
        continue
      }
      if gap, !folded.isEmpty { folded.append(" ") }
      gap = false
      folded.append(accentless[character] ?? character)
    }
    guard !folded.isEmpty else { return nil }
    self.folded = folded
  }
}

/// A tax number (CNPJ, CPF, NIT) as a key: letters and digits only.
package struct TaxIDKey: Sendable, Hashable {
  package let value: String

  /// Nil below 5 and above 20 characters.
  package init?(_ text: String) {
    let value = text.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard (5...20).contains(value.count) else { return nil }
    self.value = value
  }
}

/// The accented letters of Portuguese and Spanish.
private let accentless: [Character: Character] = {
  var table: [Character: Character] = [:]
  for (plain, accented) in [
    ("a", "áàâãäå"), ("e", "éèêë"), ("i", "íìîï"), ("o", "óòôõö"), ("u", "úùûü"), ("c", "ç"),
    ("n", "ñ"), ("y", "ýÿ"),
  ] as [(Character, String)] {
    for letter in accented { table[letter] = plain }
  }
  return table
}()
