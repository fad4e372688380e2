import BeltStorage
import Leads
import RDStation
import Belt

/// The calls of a merge.
extension TagSyncStage {
  /// Merges the tags of one integration's messages, in their order.
  func merge(_ items: [Planned<TagRequest, TagMerge>], before end: ContinuousClock.Instant) async
    -> [Identifier: Acted<AgreedTags>]
  {
    var merged: [Identifier: Acted<AgreedTags>] = [:]
    for item in items {
      merged[item.message.id] = await merge(item, before: end)
    }
    return merged
  }

  /// What was merged is kept, whatever becomes of the rest.
  private func merge(
    _ planned: Planned<TagRequest, TagMerge>,
    before end: ContinuousClock.Instant
  ) async -> Acted<AgreedTags> {
    let message = planned.message
    let wait = max(.seconds(5), message.waitBeforeAnotherLook)
    var wrote = false
    var agreed: [AgreedTags] = []
    for subject in planned.plan.subjects {
      guard ContinuousClock.now < end else {
        return Acted(.snooze(wait, .rdSlow), facts: agreed)
      }
      do {
        guard let merge = try await merge(subject, planned) else {
          return Acted(.snooze(wait, .tagsChanged), facts: agreed)
        }
        agreed.append(AgreedTags(of: planned.item.key(subject.opportunity), merge.merged))
        wrote = wrote || merge.changesCRM || merge.changesRD
      } catch let error as CRMError {
        return Acted(error.outcome(of: message), facts: agreed)
      } catch let error as CallError {
        let reason = error.reason(of: message)
        // A login that does not work is told once.
        let isTold = error.meaning == .login && reason.isNews(to: message)
        return Acted(error.outcome(of: message), isTold ? [Line(reason)] : [], facts: agreed)
      } catch {
        let outcome = Outcome(thrown: error, of: message)
        return Acted(outcome ?? .snooze(wait, .rdSlow), facts: agreed)
      }
    }
    let line = Line(
      wrote ? .tagsMerged : .tagsAgree,
      subject: planned.plan.subjects.first?.opportunity,
      isSaidOnce: !wrote
    )
    return Acted(.done(follows: []), [line], facts: agreed)
  }

  /// Nil when somebody changed the CRM's tags meanwhile: they are to be read anew.
  private func merge(_ subject: TagSubject, _ planned: Planned<TagRequest, TagMerge>) async throws
    -> TagPlan?
  {
    let integration = planned.item.integration
    let crm = try crms.crm(of: planned.item.settings)
    let record = subject.crmID.map(CRMRecord.init)
    var state: OpportunityState?
    if let record { state = try await crm.read([record]).first?.get() }
    let contact = subject.rdUUID.map(RDContactID.uuid) ?? subject.email.map(RDContactID.email)
    var rdTags = subject.rdTags
    if planned.plan.fromCRM, let contact {
      rdTags = try await client.contact(contact, for: integration)?.tags ?? rdTags
    }
    let read = state?.tags ?? subject.draftTags
    let merge = TagPlan(
      base: subject.base,
      rd: rdTags,
      crm: read,
      direction: planned.item.settings.tags
    )
    if merge.changesCRM, let record {
      let change = TagChange(of: record, to: merge.merged, read: read)
      guard try await crm.setTags([change]).first?.get() == true else { return nil }
    }
    if merge.changesRD, let contact {
      try await client.replaceTags(merge.merged, of: contact, for: integration)
    }
    return merge
  }
}

extension Reason {
  fileprivate static let rdSlow = Reason(
    "rd_slow",
    "RD Station answers too slowly; this waits for its turn."
  )
  fileprivate static let tagsChanged = Reason(
    "tags_changed",
    "Somebody changed the tags in the CRM at this moment; they are read again."
  )
  fileprivate static let tagsMerged = Reason("tags_merged", "The tags of both sides were merged.")
}
