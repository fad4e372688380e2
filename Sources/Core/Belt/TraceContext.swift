/// Where in somebody's trace a message belongs, as W3C Trace Context writes it.
///
/// Never logged: a stranger may have written it.
package struct TraceContext: Sendable, Hashable {
  /// `00-`, 32 digits of the trace, 16 of the span, 2 of flags; 55 bytes.
  package let traceparent: String
  /// What vendors add, at most 512 bytes of visible ASCII; free text that may name a person.
  package private(set) var tracestate: String?

  /// Nil when `traceparent` is not of the one version that there is; a `tracestate` that is too long or
  /// of other characters is left out, as the standard has it.
  package init?(traceparent: String, tracestate: String? = nil) {
    guard Self.isWellFormed(traceparent) else { return nil }
    self.traceparent = traceparent
    self.tracestate = tracestate.flatMap { Self.isCarried($0) ? $0 : nil }
  }

  /// As far as it goes on into what follows: the trace, and nothing that may be personal.
  package var onward: TraceContext {
    var copy = self
    copy.tracestate = nil
    return copy
  }

  private static func isWellFormed(_ text: String) -> Bool {
    guard text.utf8.count == 55 else { return false }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00" else { return false }
    let isHexadecimal = parts.allSatisfy { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    // All zeros name nothing.
    return isHexadecimal && [1, 2].allSatisfy { place in parts[place].contains { $0 != "0" } }
  }

  private static func isCarried(_ text: String) -> Bool {
    (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }
}
