package import Belt

/// A stored event as far as it says when and where, whatever body told it.
///
/// RD's two bodies share no id: where an account has both webhooks, person, conversion and instant say
/// that two of them tell one event.
package struct Occurrence: Sendable, Hashable {
  package let event: Identifier
  package let kind: LeadEvent.Kind
  package let identifier: String?
  package let number: Int?
  package let at: Timestamp

  package init(
    event: Identifier,
    kind: LeadEvent.Kind,
    identifier: String?,
    number: Int?,
    at: Timestamp
  ) {
    self.event = event
    self.kind = kind
    self.identifier = identifier
    self.number = number
    self.at = at
  }

  func isSame(as other: LeadEvent) -> Bool {
    guard kind == other.kind else { return false }
    if kind == .opportunityMark {
      // Its two webhooks tell different instants of it.
      return other.instants.contains { abs($0.milliseconds - at.milliseconds) <= OwnMark.spread }
    }
    guard let identifier, other.labels.contains(Self.folded(identifier)) else { return false }
    // RD counts a person's conversions in the older body.
    if let number, let theirs = other.number, number != theirs { return false }
    let isUncounted = number == nil && other.number == nil
    return other.instants.contains { instant in
      if isUncounted, at.milliseconds % 1000 != 0, instant.milliseconds % 1000 != 0 {
        return at == instant
      }
      return !at.seconds.isDisjoint(with: instant.seconds)
    }
  }

  /// As RD Station writes a name into an address: one body has the name, the other may have this.
  static func folded(_ label: String) -> String {
    let words = label.foldedWords(joinedBy: "-")
    return words.isEmpty ? label.trimmed.folded : words
  }
}

extension Timestamp {
  /// The second, cut off and rounded, since bodies do either.
  fileprivate var seconds: Set<Int64> { [milliseconds / 1000, (milliseconds + 500) / 1000] }
}
