/// What providers of e-mail are known to do with the addresses under their domains.
///
/// From their own help pages (Gmail: dots do not matter, `+` aliases; Fastmail: plus addressing; Proton:
/// `+` aliases; Microsoft: plus addressing) and, for Microsoft's and Apple's free domains, from their
/// working so. Yahoo, UOL, BOL and Terra know no `+`; dots count everywhere but at Gmail.
enum MailProvider {
  /// The address without what its provider ignores.
  ///
  /// `address`: one `@`, in lower case.
  static func mailbox(of address: String) -> String {
    let parts = address.split(separator: "@", maxSplits: 1)
    guard parts.count == 2 else { return address }
    let domain = String(parts[1])
    let isGmail = gmail.contains(domain)
    guard isGmail || tagging.contains(domain) else { return address }
    var local = String(parts[0].prefix { $0 != "+" })
    if isGmail { local.removeAll { $0 == "." } }
    // Such as `+x@`, which is no mailbox of theirs.
    guard !local.isEmpty else { return address }
    return "\(local)@\(isGmail ? "gmail.com" : domain)"
  }

  private static let gmail: Set<String> = ["gmail.com", "googlemail.com"]

  private static let tagging: Set<String> = [
    "outlook.com", "outlook.com.br", "outlook.es", "outlook.pt", "outlook.co", "hotmail.com",
    "hotmail.com.br", "hotmail.com.ar", "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.co.uk",
    "live.com", "live.com.pt", "live.com.mx", "live.com.ar", "live.co.uk", "msn.com",
    "icloud.com", "me.com", "mac.com", "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com",
    "pm.me",
  ]
}
