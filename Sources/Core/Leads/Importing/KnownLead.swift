/// A lead as it is stored.
package struct KnownLead: Sendable, Hashable {
  package private(set) var profile: LeadProfile
  /// The time at RD Station of the newest event that wrote to it, in milliseconds since 1970.
  package private(set) var sourceAt: Int64

  package init(profile: LeadProfile, sourceAt: Int64) {
    self.profile = profile
    self.sourceAt = sourceAt
  }

  /// Takes in what a body says, unless it is older.
  mutating func learn(_ event: LeadEvent, at time: Int64) {
    guard time >= sourceAt else { return }
    profile = profile.joined(with: event.lead)
    sourceAt = time
  }

  /// What a body says that is new of an event that is stored; none when it is older.
  func news(in event: LeadEvent, at time: Int64) -> [String] {
    time >= sourceAt ? profile.fields(changedBy: event.lead) : []
  }
}
