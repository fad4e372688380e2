/// One statement of DataCRM's query language; every text in it is quoted here.
///
/// The language has no parentheses of its own, no joins and no empty text, reads at most 100 rows at once,
/// and ends with a semicolon. It travels in the address, so lists are kept short.
struct Statement: Sendable, Hashable {
  static let rowsMax = 100
  /// Ids or markers of one statement, at most: it stays below 2,000 bytes when it is encoded.
  static let listMax = 25

  let text: String

  /// - Parameters:
  ///   - module: Such as `Contacts`.
  ///   - condition: Nil reads all.
  ///   - order: Such as `modifiedtime DESC`.
  ///   - limit: At most 100.
  ///   - offset: Rows that are passed over.
  init(
    _ module: String,
    _ condition: Condition? = nil,
    order: String? = nil,
    limit: Int = Statement.rowsMax,
    offset: Int = 0
  ) {
    var text = "SELECT * FROM \(module)"
    if let condition { text += " WHERE \(condition.text)" }
    if let order { text += " ORDER BY \(order)" }
    self.text = text + " LIMIT \(offset), \(min(limit, Self.rowsMax));"
  }

  struct Condition: Sendable, Hashable {
    let text: String

    private init(text: String) { self.text = text }

    /// One of these texts; nil when none of them can be asked for.
    init?(_ field: String, in values: [String]) {
      let literals = values.compactMap(Self.literal)
      guard Self.isName(field), let first = literals.first else { return nil }
      text =
        literals.count == 1
        ? "\(field) = \(first)" : "\(field) IN (\(literals.joined(separator: ", ")))"
    }

    /// `digits`: only digits and points, so that nothing in it is a wildcard.
    init?(_ field: String, beginsWith digits: String) {
      guard Self.isName(field), !digits.isEmpty,
        digits.allSatisfy({ "0123456789.".contains($0) })
      else { return nil }
      text = "\(field) LIKE '\(digits)%'"
    }

    init?(_ field: String, from time: String) {
      guard Self.isName(field), let literal = Self.literal(time) else { return nil }
      text = "\(field) >= \(literal)"
    }

    static func any(_ conditions: [Condition]) -> Condition? {
      guard !conditions.isEmpty else { return nil }
      return Condition(text: conditions.map(\.text).joined(separator: " OR "))
    }

    /// Nil for the empty text, which cannot be written, and for what holds a control character.
    private static func literal(_ text: String) -> String? {
      let isWritable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
      guard !text.isEmpty, isWritable, text.utf8.count <= 255 else { return nil }
      return
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }

    private static func isName(_ field: String) -> Bool {
      !field.isEmpty
        && field.utf8.allSatisfy { byte in
          (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_")
        }
    }
  }
}
