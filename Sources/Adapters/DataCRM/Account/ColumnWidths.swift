/// How many characters a column holds: `describe` does not tell it, and what is longer is cut, or fails at
/// the database.
///
/// Assumed to be those of the core; a tenant's own fields have 255.
enum ColumnWidths {
  private static let widths: [String: Int] = [
    "lastname": 80, "firstname": 40, "email": 100, "mobile": 50, "phone": 30, "title": 50,
    "mailingcity": 40, "mailingcountry": 40, "mailingstate": 30, "accountname": 100,
    "siccode": 50, "email1": 100, "website": 100, "bill_city": 30, "bill_state": 30,
    "bill_country": 30, "potentialname": 120, "sales_stage": 200, "nextstep": 100,
    // A text of MySQL, in characters of up to four bytes.
    "description": 16_000,
  ]

  static func fits(_ text: String, in field: String) -> Bool {
    text.unicodeScalars.count <= width(of: field)
  }

  /// Cut where it is longer.
  static func fitting(_ text: String, in field: String) -> String {
    guard !fits(text, in: field) else { return text }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.prefix(width(of: field)))
    return String(scalars)
  }

  private static func width(of field: String) -> Int { widths[field] ?? 255 }
}
