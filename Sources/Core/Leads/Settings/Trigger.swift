/// When an opportunity is made, for whom and where.
package struct Trigger: Sendable, Hashable {
  package enum Condition: Sendable, Hashable {
    case opportunityMark
    case conversion(String)
    case anyConversion
  }

  package enum Owner: Sendable, Hashable {
    case everyone
    case administrators
    case leadOwner
    /// Whoever owns the contact; drawn by the contact's own rule when nobody does.
    case contactOwner
    case user(String)
    case team(String)
  }

  /// What an event makes of a lead that has opportunities already (R10).
  package enum Repeat: String, Sendable, CaseIterable {
    /// A new opportunity for every event.
    case new
    /// An open opportunity of the same pipeline is brought up to date instead.
    case reuseOpen = "reuse_open"
    /// A new one only when every other one of the lead is won or lost.
    case onlyIfClosed = "only_if_closed"
  }

  package var when: Condition
  package var owner: Owner
  package var pipeline: String
  package var stage: String
  /// The opportunity is rated by the lead's profile letter (B063); only with an opportunity mark.
  package var qualificationFromScoring: Bool
  package var onRepeat: Repeat

  package init(
    when: Condition,
    owner: Owner,
    pipeline: String,
    stage: String,
    qualificationFromScoring: Bool = false,
    onRepeat: Repeat = .new
  ) {
    self.when = when
    self.owner = owner
    self.pipeline = pipeline
    self.stage = stage
    self.qualificationFromScoring = qualificationFromScoring
    self.onRepeat = onRepeat
  }
}
