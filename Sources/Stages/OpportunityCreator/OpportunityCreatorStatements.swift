package import BeltStorage
package import Leads
import Belt
import Postgres
import StrictJSON

/// What the opportunity creator reads and writes; each statement stands beside the reader of its rows.
extension OpportunityCreatorStage {
  /// The first round trip.
  ///
  /// The events of one lead take turns, so that "one open deal" holds with any number of creators; the
  /// rows of a rotation are locked until the commit, so that they share it. They are locked before owners
  /// are read: who waited for another creator sees whom it has chosen.
  ///
  /// The version before takes the whole integration for itself; sharing that name keeps the two apart, and
  /// goes with the next release.
  package func load(_ taken: [Taken<LeadCentralized>]) -> Load<OpportunityKnowledge> {
    let integrations = taken.map(\.integration)
    let events = taken.map(\.input.event)
    let leads = taken.map(\.input.lead)
    let distinct = Set(integrations).sorted()
    return Load(
      Load(
        locking: Lock.taking(
          zip(integrations, leads).map { "opportunities:\($0):\($1)" },
          sharing: distinct.map { "opportunities:\($0)" }
        )
      ),
      Self.rotations(of: distinct),
      Self.subjects(integrations, events),
      Self.planned(integrations, events),
      Self.history(integrations, leads),
      Self.options(of: distinct),
      Self.held(integrations, events)
    ) { _, rotations, subjects, planned, history, created, held in
      var subjects = subjects
      for (key, subject) in subjects {
        subjects[key]?.history = history[IntegrationKey(key.integration, subject.leadID)] ?? []
      }
      return OpportunityKnowledge(
        subjects: subjects,
        planned: planned,
        held: held,
        rotations: rotations,
        created: created
      )
    }
  }

  /// The second, where there is something to ask.
  package func load(_ items: [Item<LeadCentralized>], having found: OpportunityKnowledge)
    -> Load<OpportunityKnowledge>
  {
    let resumed = items.filter { item in
      !item.settings.crm.traits.sharesOurPeople && found.planned[item.key(item.input.event)] != nil
    }
    let bounded = Set(items.filter(\.settings.boundsOptions).map(\.integration)).sorted()
    let effects: Load<[Identifier: Effects.Found]> =
      resumed.isEmpty
      ? .known([:]) : Effects.load(resumed.map(\.message))
    // Read again when nobody else can add one before the commit.
    let created: Load<[String: [FieldName: Set<String>]]> =
      bounded.isEmpty
      ? .known([:])
      : Load(Load(locking: Lock.taking(bounded.map { "options:\($0)" })), Self.options(of: bounded))
      { $1 }
    return Load(effects, created) { effects, created in
      var known = found
      known.effects = effects
      known.created.merge(created) { _, now in now }
      return known
    }
  }

  private static func subjects(_ integrations: [String], _ events: [Identifier])
    -> Load<[IntegrationKey: OpportunitySubject]>
  {
    Load(
      """
      select c.integration_id, c.id, c.kind, c.identifier, c.lead_id, c.contact_id, c.company_id,
        l.profile, l.custom_fields, p.owner as contact_owner, p.crm_id as contact_record,
        f.name as company_name, f.owner as company_owner, f.crm_id as company_record,
        (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'record', o.crm_id,
            'pipeline', o.pipeline) order by o.created_at desc), '[]')
          from opportunity o where o.integration_id = c.integration_id
            and o.lead_id = c.lead_id and o.told_status = 'open' and o.event_id <> c.id) as open
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join conversion c on c.integration_id = k.i and c.id = k.e
      join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      left join contact p on p.integration_id = c.integration_id and p.id = c.contact_id
      left join company f on f.integration_id = c.integration_id and f.id = c.company_id
      """
    ) { rows in
      var subjects: [IntegrationKey: OpportunitySubject] = [:]
      for row in rows {
        guard let kind = LeadEvent.Kind(rawValue: try row.string("kind")),
          let contact = try row.optionalIdentifier("contact_id")
        else { continue }
        let event = try row.identifier("id")
        subjects[IntegrationKey(try row.string("integration_id"), event)] = OpportunitySubject(
          event: event,
          kind: kind,
          identifier: try row.optionalString("identifier"),
          lead: LeadProfile(
            json: try row.json("profile"),
            customFields: try row.json("custom_fields")
          ),
          leadID: try row.identifier("lead_id"),
          contact: contact,
          company: try row.optionalIdentifier("company_id"),
          companyName: try row.optionalString("company_name"),
          contactRecord: try row.optionalString("contact_record").map(CRMRecord.init),
          companyRecord: try row.optionalString("company_record").map(CRMRecord.init),
          contactOwner: try row.optionalString("contact_owner"),
          companyOwner: try row.optionalString("company_owner"),
          history: [],
          open: try (row.json("open").array ?? []).compactMap(OpenOpportunity.init)
        )
      }
      return subjects
    }
  }

  /// What earlier attempts have planned.
  private static func planned(_ integrations: [String], _ events: [Identifier])
    -> Load<[IntegrationKey: PlannedOpportunity]>
  {
    Load(
      """
      select o.integration_id, o.event_id, o.draft, o.trigger_place, o.crm_id
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join opportunity o on o.integration_id = k.i and o.event_id = k.e
      """,
      entry: { row in
        let json = try row.json("draft")
        guard let draft = OpportunityDraft(json: json) else {
          throw PostgresError.decoding(column: "draft", expected: "an opportunity draft")
        }
        let planned = PlannedOpportunity(
          draft,
          draft.explanation(trigger: "Trigger \(try row.int("trigger_place"))"),
          records: (json["records"]?.array ?? []).compactMap(RecordDraft.init),
          record: try row.optionalString("crm_id").map(CRMRecord.init)
        )
        return (
          IntegrationKey(try row.string("integration_id"), try row.identifier("event_id")), planned
        )
      }
    )
  }

  /// The newest events of the leads, oldest first.
  private static func history(_ integrations: [String], _ leads: [Identifier])
    -> Load<[IntegrationKey: [HistoryItem]]>
  {
    Load(
      """
      select k.i, k.l, h.kind, h.identifier, h.origin, h.at
      from (select distinct i, l from unnest(\(integrations)::text[], \(leads)::uuid[])
        as u (i, l)) as k
      cross join lateral (
        select kind, identifier, origin, place, arrived_at,
          (extract(epoch from \(BelievedTime.sql)) * 1000)::bigint as at
        from conversion c where c.integration_id = k.i and c.lead_id = k.l
        order by arrived_at desc limit 50
      ) as h
      order by coalesce(h.place, 0), h.arrived_at
      """
    ) { rows in
      var history: [IntegrationKey: [HistoryItem]] = [:]
      for row in rows {
        guard let kind = LeadEvent.Kind(rawValue: try row.string("kind")) else { continue }
        let key = IntegrationKey(try row.string("i"), try row.identifier("l"))
        history[key, default: []].append(
          HistoryItem(
            kind: kind,
            identifier: try row.optionalString("identifier"),
            origin: try row.optionalString("origin"),
            at: Timestamp(milliseconds: Int64(try row.int("at")))
          )
        )
      }
      return history
    }
  }

  private static func rotations(of integrations: [String])
    -> Load<[String: [String: OwnerRotation]]>
  {
    Load(
      locking: """
        select integration_id, name, waiting, last from assignment_cursor
        where integration_id = any(\(integrations)::text[])
        order by integration_id, name for update
        """,
      read: OpportunityRows.rotations
    )
  }

  private static func options(of integrations: [String])
    -> Load<[String: [FieldName: Set<String>]]>
  {
    Load(
      """
      select integration_id, record, field, option from created_option
      where integration_id = any(\(integrations)::text[])
      """,
      read: OpportunityRows.created
    )
  }

  private static func held(_ integrations: [String], _ events: [Identifier])
    -> Load<Set<IntegrationKey>>
  {
    Load(
      """
      select h.integration_id, h.event_id
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join held h on h.integration_id = k.i and h.event_id = k.e
      """,
      element: { IntegrationKey(try $0.string("integration_id"), try $0.identifier("event_id")) }
    )
  }

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
      change.owned.map { ($0, change.message.integration) }
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
    changes.compactMap { change in
      guard let local = change.local, case .revise(_, let revision, _) = local.step else {
        return nil
      }
      return local.crm.revising(revision)
    }
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
        where \(after)
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
        """
        update opportunity o set crm_id = k.r
        from unnest(\(created.map(\.integration))::text[], \(created.map(\.opportunity))::uuid[],
          \(created.map(\.record.id))::text[]) as k (i, o, r)
        where o.integration_id = k.i and o.id = k.o and o.crm_id is distinct from k.r
          and \(after)
        """
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

extension Settings {
  /// Whether a list of the CRM can become full by the leads that add to it.
  fileprivate var boundsOptions: Bool {
    catalogue.fields.contains { $0.takesNewOptions && $0.optionMax != nil }
  }
}
