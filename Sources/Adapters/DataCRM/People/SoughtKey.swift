import Leads

/// A key as DataCRM may hold it, and whether a record holds it indeed: DataCRM compares without regard to
/// case and accents, and its people write numbers in many ways.
struct SoughtKey: Sendable {
  let key: MatchKey
  /// One of them is enough; none when the CRM is not asked for it.
  let conditions: [Statement.Condition]
  let isCarried: @Sendable (DataCRMRow) -> Bool

  /// `form`: a field that it does not show must not be asked for, or the whole question is denied.
  init(_ key: MatchKey, of kind: RecordKind, _ form: ModuleForm, _ places: DataCRMPlaces) {
    self.key = key
    let value = key.value
    switch (kind, key.kind) {
    case (.contact, .rdUUID):
      let field = places.rdUUID
      conditions = [.init(field, in: [value])].compactMap(\.self)
      isCarried = { $0[field] == value }
    case (.contact, .crmID), (.company, .crmID):
      conditions = DataCRMRow.isID(value) ? [.init("id", in: [value])].compactMap(\.self) : []
      isCarried = { $0.id == value }
    case (.contact, .email):
      // Whom somebody merged into another has his address there as the second one.
      let fields = ["email", "secondaryemail"].filter { form.field($0) != nil }
      conditions = fields.compactMap { .init($0, in: [value]) }
      isCarried = { row in
        fields.contains { row[$0].trimmed.lowercased() == value.lowercased() }
      }
    case (.contact, .mobile):
      let written = Self.written(mobile: value)
      conditions = [.init("mobile", in: written)].compactMap(\.self)
      isCarried = { row in
        PhoneNumber(row["mobile"], in: .colombia)?.matchKeys.contains(value) == true
      }
    case (.company, .taxID):
      let field = places.taxID
      conditions = Self.written(taxID: value, in: field)
      isCarried = { TaxID($0[field], in: .colombia)?.keys.contains(value) == true }
    default:
      conditions = []
      isCarried = { _ in false }
    }
  }

  /// `mobile`: digits with the country's code; fewer than seven are a stand-in and name nobody.
  private static func written(mobile: String) -> [String] {
    guard mobile.count >= 7, mobile.allSatisfy({ $0.isASCII && $0.isNumber }) else { return [] }
    var written = [mobile, "+\(mobile)"]
    guard mobile.hasPrefix("57"), mobile.count == 12 else { return written }
    let national = mobile.dropFirst(2)
    let parts = [national.prefix(3), national.dropFirst(3).prefix(3), national.suffix(4)]
    let spaced = parts.joined(separator: " ")
    written += [String(national), "+57 \(national)", spaced, "+57 \(spaced)"]
    return written + [parts.joined(separator: "-")]
  }

  /// `taxID`: such as `nit:900123456`, without its check digit, which may stand behind it in DataCRM.
  private static func written(taxID: String, in field: String) -> [Statement.Condition] {
    guard let number = taxID.split(separator: ":").last.map(String.init), number.count >= 5 else {
      return []
    }
    guard taxID.hasPrefix("nit:"), number.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return [.init(field, in: [number])].compactMap(\.self)
    }
    return [number, grouped(number)].compactMap { .init(field, beginsWith: $0) }
  }

  /// With a point before each third digit from the end.
  private static func grouped(_ digits: String) -> String {
    var grouped = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { grouped.append(".") }
      grouped.append(digit)
    }
    return grouped
  }
}
