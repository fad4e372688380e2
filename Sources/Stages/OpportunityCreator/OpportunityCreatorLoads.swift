package import BeltStorage
package import Leads
import Belt
import Postgres
import StrictJSON

/// What the opportunity creator reads; each statement stands beside the reader of its rows.
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
    let outside = items.filter { !$0.settings.crm.traits.sharesOurPeople }
    let bounded = Set(items.filter(\.settings.boundsOptions).map(\.integration)).sorted()
    // Read again when nobody else can add one before the commit.
    let created: Load<[String: [FieldName: Set<String>]]> =
      bounded.isEmpty
      ? .known([:])
      : Load(Load(locking: Lock.taking(bounded.map { "options:\($0)" })), Self.options(of: bounded))
      { $1 }
    return Load(
      outside.isEmpty ? .known([:]) : Effects.load(outside.map(\.message)),
      created,
      Self.records(Set(outside.flatMap { found.referred(by: $0.key($0.input.event)) }))
    ) { effects, created, records in
      var known = found
      known.effects = effects
      known.learn(records)
      known.created.merge(created) { _, now in now }
      return known
    }
  }

  /// How companies and contacts stand at CRMs that are outside; until the commit nobody else begins to
  /// put them there.
  private static func records(_ keys: Set<IntegrationKey>) -> Load<[IntegrationKey: StoredRecord]> {
    guard !keys.isEmpty else { return .known([:]) }
    return Load(
      Load(locking: Lock.taking(keys.map { "record:\($0.integration):\($0.id)" })),
      Load(
        """
        select k.i as integration_id, k.r as id, coalesce(c.crm_id, f.crm_id) as crm_id,
          coalesce(c.owner, f.owner) as owner,
          coalesce(c.crm_id, f.crm_id) is null and exists (
            select from effect x
            where x.integration_id = k.i and x.state = 'sent' and x.plan @> '{"begun": false}'
              and x.plan -> 'puts' ? k.r::text
              and x.sent_at > now() - make_interval(secs => \(Effects.lease.components.seconds))
            offset 0) as is_being_put
        from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[]) as k (i, r)
        left join contact c on c.integration_id = k.i and c.id = k.r
        left join company f on f.integration_id = k.i and f.id = k.r
        """,
        entry: { row in
          let stored = StoredRecord(
            record: try row.optionalString("crm_id").map(CRMRecord.init),
            owner: try row.optionalString("owner"),
            isBeingPut: try row.bool("is_being_put")
          )
          return (
            IntegrationKey(try row.string("integration_id"), try row.identifier("id")), stored
          )
        }
      )
    ) { $1 }
  }

  private static func subjects(_ integrations: [String], _ events: [Identifier])
    -> Load<[IntegrationKey: OpportunitySubject]>
  {
    Load(
      """
      select c.integration_id, c.id, c.kind, c.identifier, c.lead_id, c.contact_id, c.company_id,
        l.profile, l.custom_fields, p.owner as contact_owner, f.name as company_name,
        f.owner as company_owner,
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
}

extension Settings {
  /// Whether a list of the CRM can become full by the leads that add to it.
  fileprivate var boundsOptions: Bool {
    catalogue.fields.contains { $0.takesNewOptions && $0.optionMax != nil }
  }
}
