/// A tax number as somebody wrote it, before it is understood.
struct TypedTaxID {
  /// Upper-case ASCII letters and digits.
  let characters: String
  /// Exactly one digit stands after the last hyphen, as a NIT is written.
  private let hasSeparateDigit: Bool
  /// The kind that the text names itself.
  private let named: TaxID.Kind?
  /// Nothing but the usual punctuation stands between the characters.
  private let isClean: Bool

  /// Nil below 5 and above 20 letters and digits.
  init?(_ text: String) {
    let (named, number) = Self.label(of: Self.whole(text.trimmed.uppercased())[...])
    let characters = number.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard (5...20).contains(characters.count) else { return nil }
    self.characters = characters
    self.named = named
    isClean = number.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber) || $0.isWhitespace || "./-–,".contains($0)
    }
    let tail = number.split(omittingEmptySubsequences: false) { "-–".contains($0) }
    hasSeparateDigit =
      tail.count == 2 && tail[1].trimmingSpaces.count == 1
      && tail[1].trimmingSpaces.allSatisfy { isDigit($0) }
  }

  /// What the number looks like, right or not.
  var shape: TaxID.Kind {
    if let named { return named }
    if hasSeparateDigit { return .nit }
    switch characters.count {
    case 11 where characters.allSatisfy(isDigit): return .cpf
    case 14: return .cnpj
    default: return .unknown
    }
  }

  /// The valid ones, the likeliest first.
  var readings: [(kind: TaxID.Kind, value: String)] {
    guard isClean, !characters[...].isFiller else { return [] }
    var readings: [(kind: TaxID.Kind, value: String)] = []
    if named != .nit, !hasSeparateDigit {
      if named != .cpf, CheckDigits.isCNPJ(characters) { readings.append((.cnpj, characters)) }
      if named != .cnpj, CheckDigits.isCPF(characters) { readings.append((.cpf, characters)) }
    }
    if named != .cnpj, named != .cpf { readings += nits.map { (.nit, $0) } }
    return readings
  }

  /// The readings with the zeros in front that a spreadsheet took, which keeps numbers as numbers.
  ///
  /// Only where both check digits agree then; a CPF may have lost one, since nine digits are a NIT.
  var restored: [(kind: TaxID.Kind, value: String)] {
    guard isClean, named != .nit, !hasSeparateDigit, characters.allSatisfy(isDigit),
      !characters[...].isFiller
    else { return [] }
    switch characters.count {
    case 12 where named != .cpf, 13 where named != .cpf:
      let number = String(repeating: "0", count: 14 - characters.count) + characters
      return CheckDigits.isCNPJ(number) ? [(.cnpj, number)] : []
    case 10 where named != .cnpj:
      return CheckDigits.isCPF("0" + characters) ? [(.cpf, "0" + characters)] : []
    default: return []
    }
  }

  /// The kind that the text names is this.
  func isNamed(_ kind: TaxID.Kind) -> Bool { named == kind }

  /// `6713428000168.0` is a number of a spreadsheet, and its fraction none of its digits.
  private static func whole(_ text: String) -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count >= 9, parts[0].allSatisfy(isDigit),
      (1...2).contains(parts[1].count), parts[1].allSatisfy({ $0 == "0" })
    else { return text }
    return String(parts[0])
  }

  /// The readings as a NIT, without check digit and leading zeros.
  ///
  /// A digit that stands apart must be right. Glued on, it is taken for one when it is right and the
  /// length is that of a number with its digit; the same digits may also be a bare number.
  private var nits: [String] {
    guard characters.allSatisfy(isDigit) else { return [] }
    let bare = String(characters.drop { $0 == "0" })
    guard let last = bare.last else { return [] }
    let body = String(bare.dropLast())
    let isChecked = CheckDigits.nit(body) == last
    if hasSeparateDigit { return isChecked && (5...10).contains(body.count) ? [body] : [] }
    // Companies have nine digits beginning with 8 or 9, people six to eight or ten.
    let isCompany = bare.count == 9 && "89".contains(bare.first ?? "0")
    let mayBeGlued = (9...11).contains(bare.count) && !isCompany
    let glued = mayBeGlued && isChecked ? [body] : []
    return glued + ((5...10).contains(bare.count) ? [bare] : [])
  }

  /// Takes off a name in front, such as `NIT` or `C.C.`; letters without a gap after them are part of
  /// the number.
  private static func label(of text: Substring) -> (TaxID.Kind?, Substring) {
    let labels: [(String, TaxID.Kind)] = [
      ("CNPJ", .cnpj), ("CPF", .cpf), ("NIT", .nit), ("C.C", .nit), ("CC", .nit),
    ]
    for (label, kind) in labels where text.hasPrefix(label) {
      let rest = text.dropFirst(label.count)
      guard let gap = rest.first, !gap.isLetter, !gap.isNumber else { continue }
      return (kind, rest.drop { !$0.isLetter && !$0.isNumber })
    }
    return (nil, text)
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String { String(self).trimmed }
}

private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
