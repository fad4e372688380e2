private import Belt

/// What differs between two rehearsals of one event, such as with the settings in force and with a
/// draft.
package struct RehearsalDifference: Sendable, Hashable {
  package enum Aspect: String, Sendable, CaseIterable {
    case outcome, reason, contact, company, pipeline, stage, owner, rating, fields, tags
  }

  package let event: LeadEvent
  package let before: Rehearsal
  package let after: Rehearsal
  /// At least one.
  package let aspects: Set<Aspect>

  /// Nil when both end the same.
  package init?(_ before: Rehearsal, _ after: Rehearsal) {
    var aspects: Set<Aspect> = []
    if before.outcome != after.outcome {
      aspects.insert(.outcome)
    } else if before.outcome != .created, before.reason.code != after.reason.code {
      aspects.insert(.reason)
    }
    if let mine = before.entered?.central, let theirs = after.entered?.central {
      if mine.contact.id != theirs.contact.id { aspects.insert(.contact) }
      if mine.company?.id != theirs.company?.id { aspects.insert(.company) }
    }
    if case .create(let mine, let old)? = before.entered?.decision,
      case .create(let theirs, let new)? = after.entered?.decision
    {
      if mine.pipeline != theirs.pipeline { aspects.insert(.pipeline) }
      if mine.stage != theirs.stage { aspects.insert(.stage) }
      if mine.owner != theirs.owner { aspects.insert(.owner) }
      if mine.rating != theirs.rating { aspects.insert(.rating) }
      if mine.tags != theirs.tags { aspects.insert(.tags) }
      let changed = RecordKind.allCases.contains {
        Set(old.plan.values(of: $0)) != Set(new.plan.values(of: $0))
      }
      if changed { aspects.insert(.fields) }
    }
    guard !aspects.isEmpty else { return nil }
    event = before.event
    self.before = before
    self.after = after
    self.aspects = aspects
  }
}

/// How the same events end with two settings.
package struct RehearsalComparison: Sendable {
  package private(set) var events = 0
  package private(set) var before: [Rehearsal.Outcome: Int] = [:]
  package private(set) var after: [Rehearsal.Outcome: Int] = [:]
  /// How many events differ in each aspect.
  package private(set) var changed: [RehearsalDifference.Aspect: Int] = [:]
  package private(set) var differing = 0
  /// The first of those that differ, at most so many as were asked for.
  package private(set) var examples: [RehearsalDifference] = []

  private let exampleMax: Int
  private var present: RehearsalState
  private var draft: RehearsalState

  /// Both begin with the same knowledge of the leads: none.
  package init(_ present: Settings, _ draft: Settings, examples: Int) {
    self.present = RehearsalState(present)
    self.draft = RehearsalState(draft)
    exampleMax = examples
  }

  /// Rehearses one more event with both.
  package mutating func add(_ event: LeadEvent) {
    let (old, new) = (present.rehearse(event), draft.rehearse(event))
    events += 1
    before[old.outcome, default: 0] += 1
    after[new.outcome, default: 0] += 1
    guard let difference = RehearsalDifference(old, new) else { return }
    differing += 1
    for aspect in difference.aspects { changed[aspect, default: 0] += 1 }
    if examples.count < exampleMax { examples.append(difference) }
  }
}
