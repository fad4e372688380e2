/// A telephone number as Brazil and Colombia write it.
///
/// The profile keeps the raw text; this is for matching and for asking a CRM.
///
/// A number without a country code is read by its shape. Ten digits that begin with 31 to 38 may be a
/// Brazilian landline of that area or a Colombian mobile number: such a number has two readings, and the
/// country that the caller prefers comes first (without one, Brazil).
package struct PhoneNumber: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    case mobile, landline
    /// A company's number (0800, 4004, 01 8000), which names nobody.
    case service
    /// Another country's, one without its area, or a filler such as 99999-9999.
    case unknown
  }

  /// One way to understand the digits.
  package struct Reading: Sendable, Hashable {
    package let kind: Kind
    package let country: Country?
    /// Such as `+5511987654321`; nil when the country code is not known.
    package let e164: String?
    /// What the number may be stored as, the current form first: digits with the country code.
    ///
    /// A Brazilian mobile number is there with and without its ninth digit; a landline is never
    /// rewritten. Empty for what names nobody.
    package let matchKeys: [String]

    init(_ kind: Kind, _ country: Country? = nil, e164: String? = nil, matchKeys: [String] = []) {
      self.kind = kind
      self.country = country
      self.e164 = e164
      self.matchKeys = matchKeys
    }

    /// A number with its country code, in all forms that it may be stored in.
    static func number(_ kind: Kind, _ country: Country, _ keys: [String]) -> Reading {
      Reading(kind, country, e164: keys.first.map { "+\($0)" }, matchKeys: keys)
    }
  }

  /// The preferred reading.
  package let reading: Reading
  /// The other one, for digits that two countries read differently.
  package let alternative: Reading?

  /// Reads the first number in a text: digits with any punctuation between them, up to a second number
  /// or an extension.
  ///
  /// Nil below 8 and above 15 digits (E.164). `country`: where a number without country code is likely
  /// from.
  package init?(_ text: String, in country: Country? = nil) {
    guard let dialled = DialledDigits(text) else { return nil }
    let readings = dialled.readings(preferring: country ?? .brazil)
    reading = readings.first ?? Reading(.unknown, matchKeys: ["local:\(dialled.digits)"])
    alternative = readings.dropFirst().first
  }

  package var kind: Kind { reading.kind }
  package var country: Country? { reading.country }
  package var e164: String? { reading.e164 }

  /// The keys of both readings; two numbers may be one when they have a key in common.
  package var matchKeys: Set<String> {
    Set(reading.matchKeys).union(alternative?.matchKeys ?? [])
  }

  /// Masked, so that a number never reaches a log by accident.
  package var description: String { "\(country?.rawValue ?? "??") \(kind.rawValue) number" }
}
