package import BeltStorage
package import Leads
package import RDStation
package import Belt

/// Keeps the tags of a lead at RD Station and of its opportunities in the CRM equal, by a three-way
/// merge against the set on which both last agreed (R33).
///
/// Writing tags twice does no harm, so a crash between the writes and the commit needs no read-back.
package struct TagSyncStage: Stage {
  package static let flow = Flow.tagSync

  let crms: CRMs
  let client: RDStationClient
  /// No call for a batch begins later after its start; two minutes without an end count as stuck.
  var length = Duration.seconds(20)

  package init(crms: CRMs, client: RDStationClient) {
    self.crms = crms
    self.client = client
  }

  /// An opportunity that was just created with RD's tags agrees already: nothing to do outside.
  package func decide(_ item: Item<TagRequest>, _ known: inout TagKnown) -> Decision<
    AgreedTags, TagMerge
  > {
    let subjects = (known.subjects[item.integration] ?? []).filter(item.input.means)
    guard let first = subjects.first else { return .done(.nothingToTag, isSaidOnce: true) }
    guard item.settings.tags != .off else { return .done(.tagsOff, isSaidOnce: true) }
    if case .created = item.input {
      let merge = TagPlan(
        base: first.base,
        rd: first.rdTags,
        crm: first.draftTags,
        direction: item.settings.tags
      )
      if !merge.changesCRM, !merge.changesRD {
        return .done(
          .tagsAgree,
          subject: first.opportunity,
          writes: [AgreedTags(of: item.key(first.opportunity), merge.merged)]
        )
      }
    }
    return .act(TagMerge(subjects: subjects, fromCRM: item.input.isOfCRM), .standing)
  }

  /// Reads, merges and writes outside; what both sides hold then is kept.
  ///
  /// The integrations are served beside each other; what is not begun by the batch's end waits.
  package func act(
    _ planned: [Planned<TagRequest, TagMerge>],
    since start: ContinuousClock.Instant
  ) async -> [Identifier: Acted<AgreedTags>] {
    let end = start + length
    let merged = await sideBySide(Dictionary(grouping: planned, by: \.item.integration)) {
      _,
      items in
      await merge(items, before: end)
    }
    return merged.reduce(into: [:]) { $0.merge($1) { one, _ in one } }
  }
}

/// What asks for a merge: an opportunity, or all that a lead has.
package enum TagRequest: StageInput {
  case created(OpportunityCreated), changed(OpportunityChanged), tagged(LeadTagged)

  package static var kinds: [InputKind<TagRequest>] {
    [
      InputKind(OpportunityCreated.self) { .created($0) },
      InputKind(OpportunityChanged.self) { .changed($0) },
      InputKind(LeadTagged.self) { .tagged($0) },
    ]
  }

  func means(_ subject: TagSubject) -> Bool {
    switch self {
    case .created(let body): subject.opportunity == body.opportunity
    case .changed(let body): subject.opportunity == body.opportunity
    case .tagged(let body): subject.lead == body.lead
    }
  }

  /// A change in the CRM: both sides are read anew.
  var isOfCRM: Bool {
    if case .changed = self { return true }
    return false
  }
}

/// What is still to be merged for one message.
package struct TagMerge: Sendable {
  let subjects: [TagSubject]
  let fromCRM: Bool
}

extension Reason {
  static let tagsAgree = Reason("tags_agree", "Both sides hold the same tags.")
  fileprivate static let nothingToTag = Reason(
    "tags_untouched",
    "There is no open opportunity to tag."
  )
  fileprivate static let tagsOff = Reason(
    "tags_untouched",
    "The settings switch tag synchronisation off."
  )
}
