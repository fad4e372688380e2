extension String {
  /// Without white space at both ends.
  package var trimmed: String {
    // Most texts have nothing to trim, and their ends tell it without a look at characters.
    if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first),
      (0x21...0x7E).contains(last)
    {
      return self
    }
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
