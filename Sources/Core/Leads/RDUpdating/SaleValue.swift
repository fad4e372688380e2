import Belt

/// What something was sold for: decimal text as the CRM gives it, such as `1234.50`, compared without
/// rounding.
package struct SaleValue: Sendable, Hashable {
  /// The largest sale that RD Station accepts, in reais (B198).
  package static let max = "99999999.00"

  /// Without leading zeros; empty for an amount below one.
  private let whole: Substring
  private let fraction: Substring

  /// Nil for what is no amount: digits, and at most one dot between digits; at most 40 characters.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard areDigits, let first = parts.first, parts.count <= 2, text.utf8.count <= 40 else {
      return nil
    }
    whole = first.drop { $0 == "0" }
    fraction = parts.count == 2 ? parts[1] : ""
  }

  /// As a number of JSON, digit for digit.
  package var number: String {
    (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : ".\(fraction)")
  }

  /// Why RD Station would refuse the sale of an opportunity; nil for one that it takes, and for none.
  static func refusal(of state: OpportunityState) -> Reason? {
    guard state.status == .won, let text = state.value else { return nil }
    guard let value = SaleValue(text) else {
      return Reason("sale_value_invalid", "The value of the sale is no amount of money.")
    }
    guard value.isOverLimit else { return nil }
    return Reason(
      "sale_value_over_limit",
      "The value is above R$ 99,999,999.00, which RD Station refuses; it is never cut."
    )
  }

  /// Whether RD Station would refuse it (B199).
  package var isOverLimit: Bool {
    guard let limit = Self(Self.max) else { return true }
    if whole.utf8.count != limit.whole.utf8.count {
      return whole.utf8.count > limit.whole.utf8.count
    }
    // Of equal length, digits are in the order of their numbers.
    if whole != limit.whole { return whole > limit.whole }
    // The limit has no cents.
    return fraction.contains { $0 != "0" }
  }
}
