package import StrictJSON

/// Why something was not done: a code and a kind for programs, a sentence and what to do for people.
package struct Refusal: Error, Sendable, Hashable {
  /// What an answer to it can be.
  package enum Kind: String, Sendable, CaseIterable {
    /// It cannot be meant so; asking for something else may help.
    case invalid
    /// What it is about is not there.
    case notFound = "not_found"
    /// What it is about stands in another way than this needs.
    case conflict
    /// It was tried or looked at, and something is wrong that trying again does not mend.
    case failed
    /// The same may succeed later.
    case unavailable
  }

  package let kind: Kind
  /// In lower case with underscores; stays as it is from version to version.
  package let code: String
  /// For people, usually without a full stop.
  package let sentence: String
  /// What to do, such as `Run: esteira migrate`; nil where the sentence says all there is.
  package let remedy: String?

  package init(_ kind: Kind, _ code: String, _ sentence: String, remedy: String? = nil) {
    self.kind = kind
    self.code = code
    self.sentence = sentence
    self.remedy = remedy
  }

  /// The sentence, and what to do.
  package var text: String {
    guard let remedy else { return sentence }
    let isEnded = sentence.hasSuffix(".") || sentence.hasSuffix("?")
    return sentence + (isEnded ? " " : ". ") + remedy
  }
}

extension Refusal: CustomStringConvertible {
  package var description: String { text }
}

extension Refusal: JSONForm {
  package var json: JSON {
    [
      "code": .string(code), "kind": .string(kind.rawValue), "sentence": .string(sentence),
      "remedy": .optional(remedy),
    ]
  }
}
