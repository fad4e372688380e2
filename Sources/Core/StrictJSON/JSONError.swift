/// Why a text was refused, and where.
///
/// The description never quotes the text.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case empty = "the text is empty"
    case unexpected = "a character that JSON does not allow here"
    case truncated = "the text ends too early"
    case trailing = "something follows the value"
    case tooDeep = "nested too deeply"
    case repeatedKey = "an object has the same key twice"
    case badNumber = "not a JSON number"
    case longNumber = "a number of more than 1,000 digits"
    case badEscape = "an escape that JSON does not know"
    case loneSurrogate = "half of a surrogate pair"
    case nulCharacter = "the character NUL, which the database cannot store"
    case controlCharacter = "a bare control character in a string"
    case tooManyMarks = "more than 256 combining marks in a row"
    case byteOrderMark = "a byte-order mark, which JSON does not allow"
    case notUTF8 = "bytes that are not UTF-8"
  }

  package let reason: Reason
  /// Bytes from the start of the text.
  package let offset: Int

  package var description: String { "\(reason.rawValue), at byte \(offset)" }
}
