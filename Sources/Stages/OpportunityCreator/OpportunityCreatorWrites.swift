package import BeltStorage
import Leads
import Belt
import Postgres
import StrictJSON

/// What the opportunity creator writes.
extension OpportunityCreatorStage {
  package func writes(_ changes: [OpportunityChange], _ known: OpportunityKnowledge) -> [Write] {
    let chosen = changes.compactMap(\.chosen)
    let records = changes.flatMap { change in
      (change.local?.records ?? []).map { ($0, change.message.integration) }
    }
    let holds = changes.compactMap { change in
      change.hold.map {
        Holds.Hold(
          message: change.message,
          event: change.event,
          reason: $0,
          configVersion: change.version
        )
      }
    }
    let owned = changes.flatMap { change in
      change.owned.map { ($0.draft, $0.before, change.message.integration) }
    }
    let resumed = changes.compactMap { change in
      change.resumed.map { (change.message.integration, $0.marker, $0.record) }
    }
    let effects = changes.filter { $0.resumed != nil }.map {
      Effects.Result(message: $0.message, state: .confirmed)
    }
    let own =
      Self.newOptions(chosen) + Self.rotations(known.movedRotations) + Self.created(in: changes)
      + Holds.keeping(holds)
      + Holds.ending(changes.compactMap(\.ended)) + Effects.settling(effects)
    return RecordRows.keeping(records) + RecordRows.owning(owned) + Self.opportunities(chosen)
      + Self.created(resumed) + own.map(Write.own) + Self.revisions(changes).map(Write.last)
  }

  /// What joins the transaction, in the CRMs that live in it.
  private static func created(in changes: [OpportunityChange]) -> [SQL] {
    var drafts: [String: (crm: any ColocatedCRM, drafts: [OpportunityDraft])] = [:]
    for change in changes {
      guard let local = change.local, case .create(let planned) = local.step else { continue }
      drafts[change.message.integration, default: (local.crm, [])].drafts.append(planned.draft)
    }
    return drafts.values.flatMap { $0.crm.creating($0.drafts) }
  }

  /// The same for what may have been created with another event of the batch.
  private static func revisions(_ changes: [OpportunityChange]) -> [SQL] {
    let revised = changes.compactMap { change -> (crm: any ColocatedCRM, OpportunityRevision)? in
      guard let local = change.local, case .revise(_, let revision, _) = local.step else {
        return nil
      }
      return (local.crm, revision)
    }
    return revised.sorted {
      ($0.crm.integration, $0.1.record.id) < ($1.crm.integration, $1.1.record.id)
    }
    .map { $0.crm.revising($0.1) }
  }

  /// The opportunities that are to exist, with the CRM's ids of those that it holds with this commit.
  private static func opportunities(_ chosen: [ChosenOpportunity]) -> [Write] {
    let made = chosen.compactMap { chosen in chosen.planned.map { (chosen, $0) } }
    guard !made.isEmpty else { return [] }
    let choices = made.map(\.0.choice)
    let drafts = made.map(\.1.draft)
    return [
      Write(.opportunity) { after in
        """
        insert into opportunity (integration_id, id, event_id, lead_id, contact_id, company_id,
          trigger_place, pipeline, stage, owner, draft, crm_id)
        select i, o, e, l, c, f, t, p, s, w, d::jsonb, r
        from unnest(\(made.map(\.0.integration))::text[], \(drafts.map(\.marker))::uuid[],
          \(made.map(\.0.event))::uuid[], \(made.map(\.0.lead))::uuid[],
          \(choices.map(\.contact))::uuid[], \(choices.map(\.company))::uuid[],
          \(choices.map(\.place))::int[], \(drafts.map(\.pipeline))::text[],
          \(drafts.map(\.stage))::text[], \(drafts.map(\.owner))::text[],
          \(made.map(\.1.json.text))::text[], \(made.map(\.1.record?.id))::text[])
          as k (i, o, e, l, c, f, t, p, s, w, d, r)
        where \(after) order by i, o
        """
      }
    ]
  }

  private static func newOptions(_ chosen: [ChosenOpportunity]) -> [SQL] {
    let options = chosen.flatMap { item in
      item.choice.plan.newOptions.flatMap { field, options in
        options.map { (item.integration, field, $0) }
      }
    }
    guard !options.isEmpty else { return [] }
    return [
      """
      insert into created_option (integration_id, record, field, option)
      select i, r, f, o from unnest(\(options.map(\.0))::text[],
        \(options.map(\.1.record.rawValue))::text[], \(options.map(\.1.name))::text[],
        \(options.map(\.2))::text[]) as k (i, r, f, o)
      order by i, r, f, o
      on conflict do nothing
      """
    ]
  }

  /// The rotations that moved.
  ///
  /// A row that was not there when they were read and is there now makes the batch load anew, as somebody
  /// else has drawn from it.
  private static func rotations(_ moved: [MovedRotation]) -> [SQL] {
    func values(_ moved: [MovedRotation]) -> SQL {
      """
      unnest(\(moved.map(\.integration))::text[], \(moved.map(\.group))::text[],
        \(moved.map { JSON.array($0.rotation.waiting.map(JSON.string)).text })::text[],
        \(moved.map(\.rotation.last))::text[]) as k (i, n, w, l)
      """
    }
    let new = moved.filter(\.isNew)
    let known = moved.filter { !$0.isNew }
    var writes: [SQL] = []
    if !new.isEmpty {
      writes.append(
        """
        insert into assignment_cursor (integration_id, name, waiting, last)
        select i, n, w::jsonb, l from \(values(new)) order by i, n
        """
      )
    }
    if !known.isEmpty {
      writes.append(
        """
        update assignment_cursor c set waiting = k.w::jsonb, last = k.l from \(values(known))
        where c.integration_id = k.i and c.name = k.n
        """
      )
    }
    return writes
  }

  package func results(_ facts: [OpportunityFact]) -> [Write] {
    var records: [(RecordDraft, String)] = []
    var made: [(String, Identifier, CRMRecord)] = []
    for fact in facts {
      switch fact {
      case .record(let draft, let integration): records.append((draft, integration))
      case .created(let opportunity, let record, let integration):
        made.append((integration, opportunity, record))
      }
    }
    return RecordRows.keeping(records) + Self.created(made)
  }

  /// Where the CRM keeps the opportunities of events that an earlier commit planned.
  private static func created(
    _ created: [(integration: String, opportunity: Identifier, record: CRMRecord)]
  ) -> [Write] {
    guard !created.isEmpty else { return [] }
    return [
      Write(.opportunity) { after in
        RowOrder.updating(
          "opportunity",
          set: "crm_id = k.r",
          from: """
            unnest(\(created.map(\.integration))::text[], \(created.map(\.opportunity))::uuid[],
              \(created.map(\.record.id))::text[]) as k (i, id, r)
            """,
          where: "r.crm_id is distinct from k.r",
          after: after
        )
      }
    ]
  }
}

/// A rotation after a batch has drawn from it.
struct MovedRotation {
  let integration: String
  let group: String
  let rotation: OwnerRotation
  /// Whether it was not stored yet when it was read.
  let isNew: Bool
}
