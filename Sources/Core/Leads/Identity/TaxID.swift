/// A tax number of Brazil (CNPJ of a company, CPF of a person) or Colombia (NIT of either).
///
/// Text all the way: leading zeros count, and a CNPJ may hold letters since July 2026. What fails its
/// check is kept as typed and says so by ``isValid``.
package struct TaxID: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    case cpf, cnpj, nit
    /// Of none of these shapes.
    case unknown
  }

  package let kind: Kind
  /// Upper-case letters and digits, a NIT without its check digit; all that was typed when not valid.
  package let value: String
  /// Whether the check digits are there and right; a NIT may also come without its digit.
  package let isValid: Bool
  /// The zeros in front had been lost, and the check digits agree with them.
  package let hadLostZeros: Bool
  /// Further readings of the same digits, which may be the same company's number.
  private let others: [String]

  /// Reads a number with its usual punctuation, and with its name in front (`CNPJ: …`).
  ///
  /// Nil below 5 and above 20 letters and digits. The country tells a CPF from a NIT where the digits
  /// are right for both; without one, a CPF.
  package init?(_ text: String, in country: Country? = nil) {
    guard let typed = TypedTaxID(text) else { return nil }
    var readings = typed.readings
    // In Colombia ten digits are a number of its own.
    let restored = typed.restored.filter { country != .colombia || typed.isNamed($0.kind) }
    readings.insert(contentsOf: restored, at: country == nil ? readings.endIndex : 0)
    if country == .colombia, let index = readings.firstIndex(where: { $0.kind == .nit }) {
      readings.insert(readings.remove(at: index), at: 0)
    }
    kind = readings.first?.kind ?? typed.shape
    value = readings.first?.value ?? typed.characters
    isValid = !readings.isEmpty
    hadLostZeros = restored.contains { $0 == readings[0] }
    others = readings.dropFirst().map { Self.key($0.kind, $0.value) }
  }

  /// The keys by which a company is found, the likeliest first.
  ///
  /// Kinds never meet, and what is not valid meets only the same text. Empty for a filler, such as
  /// zeros all along.
  package var keys: [String] {
    if isValid { return [Self.key(kind, value)] + others }
    return value[...].isFiller ? [] : ["invalid:\(value)"]
  }

  /// The first eight characters of a CNPJ: the legal entity, whose establishments share them.
  package var root: Substring? { kind == .cnpj && isValid ? value.prefix(8) : nil }

  /// Masked: the CPF is personal data.
  package var description: String { "\(kind.rawValue) \(isValid ? "number" : "number, not valid")" }

  private static func key(_ kind: Kind, _ value: String) -> String { "\(kind.rawValue):\(value)" }
}
