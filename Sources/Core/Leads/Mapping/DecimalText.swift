/// A decimal number as people of Brazil and Colombia write it, in the form that programs read.
///
/// In both countries a dot parts the thousands and a comma the decimals, so `1.234` is one thousand two
/// hundred thirty-four; a dot that cannot part thousands is a decimal point (`1234.5`).
package struct DecimalText: Sendable, Hashable {
  /// Such as `-1234.56`.
  package let text: String

  /// Nil for anything else, and above 40 digits.
  package init?(_ written: String) {
    var digits = written.trimmed
    for prefix in ["R$", "COP", "BRL", "$"] where digits.hasPrefix(prefix) {
      digits = String(digits.dropFirst(prefix.count)).trimmed
    }
    let sign = digits.hasPrefix("-") ? "-" : ""
    if !sign.isEmpty { digits.removeFirst() }
    guard (1...40).contains(digits.count),
      digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") })
    else { return nil }
    let decimals = digits.split(separator: ",", omittingEmptySubsequences: false)
    guard decimals.count <= 2 else { return nil }
    let groups = decimals[0].split(separator: ".", omittingEmptySubsequences: false)
    let isGrouped =
      groups.count > 1 && (1...3).contains(groups[0].count)
      && groups.dropFirst().allSatisfy { $0.count == 3 }
    let whole: String
    var fraction = decimals.count == 2 ? String(decimals[1]) : nil
    if groups.count == 1 || isGrouped {
      whole = groups.joined()
    } else if groups.count == 2, fraction == nil {
      whole = String(groups[0])
      fraction = String(groups[1])
    } else {
      return nil
    }
    guard !whole.isEmpty, fraction?.isEmpty != true, fraction?.contains(".") != true else {
      return nil
    }
    let plain = whole.drop { $0 == "0" }
    text = sign + (plain.isEmpty ? "0" : plain) + (fraction.map { ".\($0)" } ?? "")
  }
}
