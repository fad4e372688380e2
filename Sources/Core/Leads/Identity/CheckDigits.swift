/// The check digits of the tax numbers.
enum CheckDigits {
  /// IN RFB 2.229/2024: twelve letters or digits, two check digits, which are always digits.
  ///
  /// `characters`: in upper case.
  static func isCNPJ(_ characters: String) -> Bool {
    let ascii = Array(characters.utf8)
    guard ascii.count == 14, ascii.suffix(2).allSatisfy(isDigit),
      ascii.allSatisfy({ isDigit($0) || (0x41...0x5A).contains($0) })
    else { return false }
    // A letter counts as its ASCII code less 48 (A is 17), not as a digit of base 36 (A is 10).
    let values = ascii.map { Int($0) - 48 }
    let first = brazilian(values.prefix(12), [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
    let second = brazilian(values.prefix(12) + [first], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
    return values[12] == first && values[13] == second
  }

  static func isCPF(_ characters: String) -> Bool {
    let ascii = Array(characters.utf8)
    guard ascii.count == 11, ascii.allSatisfy(isDigit) else { return false }
    let values = ascii.map { Int($0) - 48 }
    let first = brazilian(values.prefix(9), Array(stride(from: 10, through: 2, by: -1)))
    let second = brazilian(values.prefix(9) + [first], Array(stride(from: 11, through: 2, by: -1)))
    return values[9] == first && values[10] == second
  }

  /// DIAN, Orden Administrativa 4 of 1989.
  ///
  /// Nil for what is not one to fifteen digits.
  static func nit(_ digits: String) -> Character? {
    let ascii = Array(digits.utf8)
    guard (1...15).contains(ascii.count), ascii.allSatisfy(isDigit) else { return nil }
    let weights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71]
    let sum = zip(ascii.reversed(), weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
    let rest = sum % 11
    return "\(rest < 2 ? rest : 11 - rest)".first
  }

  private static func brazilian(_ values: ArraySlice<Int>, _ weights: [Int]) -> Int {
    let rest = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11
    return rest < 2 ? 0 : 11 - rest
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
