/// An e-mail address: the key by which both platforms know a person (B025).
package struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
  /// Trimmed and in lower case; two addresses with equal keys are one person (R13).
  package let key: String

  /// Nil when the text is no address: one `@`, something before it, a domain with a dot after it, no
  /// white space, at most 255 scalars (R40).
  package init?(_ text: String) {
    let trimmed = text.trimmed
    guard (3...255).contains(trimmed.unicodeScalars.count),
      !trimmed.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 })
    else { return nil }
    let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."),
      !parts[1].hasPrefix("."), !parts[1].hasSuffix(".")
    else { return nil }
    key = trimmed.lowercased()
  }

  package var domain: Substring {
    key[key.index(after: key.firstIndex(of: "@") ?? key.startIndex)...]
  }

  /// Masked, so that an address never reaches a log by accident.
  package var description: String { "\(key.prefix(1))…@\(domain)" }
}

extension String {
  /// Without white space at both ends.
  package var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }

  /// Trimmed; nil when nothing is left.
  package var nonBlank: String? {
    let text = trimmed
    return text.isEmpty ? nil : text
  }
}
