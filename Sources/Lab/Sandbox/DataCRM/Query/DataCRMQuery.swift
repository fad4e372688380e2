/// A statement of the query language: one module, conditions without parentheses, an order, a page.
struct DataCRMQuery: Sendable {
  struct Condition: Sendable {
    let field: String
    let sign: String
    let values: [String]
  }

  static let rowsMax = 100

  /// Nil selects all; empty counts.
  private(set) var columns: [String]?
  private(set) var module = ""
  /// One of these lists must hold, each wholly.
  private(set) var conditions: [[Condition]] = []
  private(set) var order: [(field: String, isDescending: Bool)] = []
  private(set) var offset = 0
  private(set) var limit = DataCRMQuery.rowsMax
  private var tokens: ArraySlice<DataCRMLexer.Token>

  init(_ statement: String) throws(Refusal) {
    tokens = try DataCRMLexer.tokens(of: statement)[...]
    try word("select")
    try readColumns()
    try word("from")
    module = try name()
    if takes("where") { try readConditions() }
    if takes("order") {
      try word("by")
      try readOrder()
    }
    if takes("limit") { try readLimit() }
    guard tokens.popFirst() == .sign(";"), tokens.isEmpty else { throw DataCRMErrors.syntax }
  }

  private mutating func readColumns() throws(Refusal) {
    if takes(sign: "*") { return }
    if takes("count") {
      guard takes(sign: "("), takes(sign: "*"), takes(sign: ")") else { throw DataCRMErrors.syntax }
      columns = []
      return
    }
    var names = [try name()]
    while takes(sign: ",") { names.append(try name()) }
    columns = names
  }

  private mutating func readConditions() throws(Refusal) {
    conditions = [[try condition()]]
    while true {
      if takes("and") {
        conditions[conditions.count - 1].append(try condition())
      } else if takes("or") {
        conditions.append([try condition()])
      } else {
        return
      }
    }
  }

  private mutating func condition() throws(Refusal) -> Condition {
    let field = try name()
    if takes("like") { return Condition(field: field, sign: "like", values: [try value()]) }
    if takes("in") {
      guard takes(sign: "(") else { throw DataCRMErrors.syntax }
      var values = [try value()]
      while takes(sign: ",") { values.append(try value()) }
      guard takes(sign: ")") else { throw DataCRMErrors.syntax }
      return Condition(field: field, sign: "=", values: values)
    }
    guard case .sign(let sign)? = tokens.popFirst(),
      ["=", "!=", "<", ">", "<=", ">="].contains(sign)
    else { throw DataCRMErrors.syntax }
    return Condition(field: field, sign: sign, values: [try value()])
  }

  private mutating func readOrder() throws(Refusal) {
    repeat {
      let field = try name()
      let isDescending = takes("desc")
      if !isDescending { _ = takes("asc") }
      order.append((field, isDescending))
    } while takes(sign: ",")
  }

  private mutating func readLimit() throws(Refusal) {
    var numbers = [try number()]
    if takes(sign: ",") { numbers.append(try number()) }
    offset = numbers.count == 2 ? numbers[0] : 0
    limit = min(numbers.last ?? Self.rowsMax, Self.rowsMax)
  }

  private mutating func takes(_ word: String) -> Bool {
    guard case .word(let next)? = tokens.first, next.lowercased() == word else { return false }
    tokens.removeFirst()
    return true
  }

  private mutating func takes(sign: String) -> Bool {
    guard tokens.first == .sign(sign) else { return false }
    tokens.removeFirst()
    return true
  }

  private mutating func word(_ word: String) throws(Refusal) {
    guard takes(word) else { throw DataCRMErrors.syntax }
  }

  private mutating func name() throws(Refusal) -> String {
    guard case .word(let name)? = tokens.popFirst() else { throw DataCRMErrors.syntax }
    return name
  }

  private mutating func value() throws(Refusal) -> String {
    switch tokens.popFirst() {
    case .text(let text): return text
    case .word(let word) where Double(word) != nil: return word
    default: throw DataCRMErrors.syntax
    }
  }

  private mutating func number() throws(Refusal) -> Int {
    guard case .word(let word)? = tokens.popFirst(), let number = Int(word), number >= 0 else {
      throw DataCRMErrors.syntax
    }
    return number
  }
}
