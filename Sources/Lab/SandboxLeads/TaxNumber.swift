/// Company tax numbers with valid check digits, as customers write them.
enum TaxNumber {
  /// A Brazilian CNPJ, such as `12.345.678/0001-95`.
  static func cnpj(_ generator: inout SeededGenerator) -> String {
    var digits = (0..<8).map { _ in generator.number(0...9) } + [0, 0, 0, 1]
    for _ in 0..<2 { digits.append(cnpjCheckDigit(digits)) }
    let text = digits.map(String.init).joined()
    func part(_ from: Int, _ length: Int) -> Substring { text.dropFirst(from).prefix(length) }
    return "\(part(0, 2)).\(part(2, 3)).\(part(5, 3))/\(part(8, 4))-\(part(12, 2))"
  }

  private static func cnpjCheckDigit(_ digits: [Int]) -> Int {
    let weighted = digits.reversed().enumerated().map { index, digit in digit * (index % 8 + 2) }
    let rest = weighted.reduce(0, +) % 11
    return rest < 2 ? 0 : 11 - rest
  }

  /// A Colombian NIT, such as `900123456-8`.
  static func nit(_ generator: inout SeededGenerator) -> String {
    let digits = [9, 0] + (0..<7).map { _ in generator.number(0...9) }
    let weights = [3, 7, 13, 17, 19, 23, 29, 37, 41]
    let rest = zip(digits.reversed(), weights).map { $0 * $1 }.reduce(0, +) % 11
    return "\(digits.map(String.init).joined())-\(rest < 2 ? rest : 11 - rest)"
  }
}
