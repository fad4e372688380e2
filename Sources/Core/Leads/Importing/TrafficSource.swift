internal import StrictJSON

/// Where a lead came from, in words: source, medium and campaign (rd-station-marketing.md 3.2).
enum TrafficSource {
  /// Joins what says something; nil when nothing does.
  static func origin(_ words: [String?]) -> String? {
    let known = words.compactMap { word -> String? in
      guard let word, !["unknown", "(none)", "(not set)"].contains(word.lowercased()) else {
        return nil
      }
      return word
    }
    return known.isEmpty ? nil : known.joined(separator: " / ")
  }

  /// Reads the older body's `traffic_source`: plain text, or `encoded_` and base64 of both sessions.
  ///
  /// Of the sessions the current one counts. Nil for what cannot be read: a lead never fails for it.
  static func origin(encoded text: JSON?) -> String? {
    guard let text = text?.string?.trimmed else { return nil }
    guard text.hasPrefix("encoded_") else {
      return campaign(in: text) ?? origin([JSON.string(text).line])
    }
    guard let bytes = Base64.bytes(of: text.dropFirst("encoded_".count)) else { return nil }
    do {
      let session = try JSON(parsing: bytes)["current_session"] ?? .null
      let named = ["source", "medium", "campaign"].map { session.words($0) }
      return origin(named) ?? session["value"]?.string.flatMap { campaign(in: $0) }
    } catch {
      // The visitor's browser wrote it; what it garbled tells nothing of the lead.
      return nil
    }
  }

  /// The `utm_…` parameters of an address or a bare query; nil without any.
  private static func campaign(in text: String) -> String? {
    let query = text.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1).last ?? ""
    var words: [Substring: String] = [:]
    for parameter in query.split(separator: "&") {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("utm_"), words[parts[0]] == nil else { continue }
      words[parts[0]] = percentDecoded(parts[1]).flatMap { JSON.string($0).line }
    }
    return origin([words["utm_source"], words["utm_medium"], words["utm_campaign"]])
  }

  /// Nil for what is no UTF-8 and for NUL, which the database cannot store.
  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let code = hexByte(rest.prefix(2)) {
        bytes.append(code)
        rest.removeFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexByte(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
    // A sign would be read as part of the number.
    guard digits.count == 2, digits.allSatisfy({ $0 >= UInt8(ascii: "0") }) else { return nil }
    return UInt8(String(Substring(digits)), radix: 16)
  }
}
