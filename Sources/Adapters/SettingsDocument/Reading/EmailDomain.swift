import Leads

/// The part of an e-mail address behind the @, as people write it by itself.
enum EmailDomain {
  /// Why a text is none, with what was probably meant; nil when it is one.
  ///
  /// A leading @ does no harm.
  static func fault(of text: String) -> String? {
    let name = text.trimmed.lowercased().drop { $0 == "@" }
    guard !isDomain(name) || name.hasPrefix("www.") else { return nil }
    let meant = meant(by: name)
    let hint = isDomain(meant) ? "; write \(meant)" : ", such as example.com"
    let why = text.contains("*") ? "what is under a domain is always meant too" : ""
    return "“\(text)” is no e-mail domain\(why.isEmpty ? "" : " (\(why))")\(hint)"
  }

  private static func isDomain(_ name: Substring) -> Bool {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && EmailAddress("someone@\(name)") != nil
      && labels.allSatisfy { label in
        label.first != "-" && label.last != "-" && !label.isEmpty
          && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
      }
  }

  /// Without what belongs to a web address, a whole e-mail address or a pattern.
  private static func meant(by name: Substring) -> Substring {
    var name = name
    if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
    name = name.prefix { !"/?#:".contains($0) }
    if let sign = name.lastIndex(of: "@") { name = name[name.index(after: sign)...] }
    for start in ["*.", "*", "www.", "."] where name.hasPrefix(start) {
      name = name.dropFirst(start.count)
    }
    while name.last == "." { name.removeLast() }
    return name
  }
}
