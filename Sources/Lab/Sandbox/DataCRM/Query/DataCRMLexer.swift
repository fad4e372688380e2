/// Takes a statement of the query language apart.
struct DataCRMLexer: Sendable {
  enum Token: Sendable, Hashable {
    /// In its own letters; compared without regard to case where it is a word of the language.
    case word(String)
    case text(String)
    case sign(String)
  }

  private var rest: Substring

  /// - Throws: For an empty text `''`, which the language cannot write, and for what is no token.
  static func tokens(of statement: String) throws(Refusal) -> [Token] {
    var lexer = DataCRMLexer(rest: statement[...])
    var tokens: [Token] = []
    while let token = try lexer.next() { tokens.append(token) }
    return tokens
  }

  private mutating func next() throws(Refusal) -> Token? {
    rest = rest.drop(while: \.isWhitespace)
    guard let first = rest.first else { return nil }
    if first == "'" { return .text(try text()) }
    for sign in ["<=", ">=", "!=", "<", ">", "=", "(", ")", ",", ";", "*"]
    where rest.hasPrefix(sign) {
      rest.removeFirst(sign.count)
      return .sign(sign)
    }
    let word = rest.prefix { $0.isLetter || $0.isNumber || "_.".contains($0) }
    guard !word.isEmpty else { throw DataCRMErrors.syntax }
    rest = rest[word.endIndex...]
    return .word(String(word))
  }

  /// A quote inside is written twice.
  private mutating func text() throws(Refusal) -> String {
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst() {
      guard character == "'" else {
        text.append(character)
        continue
      }
      guard rest.first == "'" else {
        guard !text.isEmpty else { throw DataCRMErrors.syntax }
        return text
      }
      rest.removeFirst()
      text.append("'")
    }
    throw DataCRMErrors.syntax
  }
}
