package import Leads
package import Postgres
import StrictJSON
package import Workers

/// What the opportunity creator loads and commits.
package enum OpportunityStore {
  package typealias Readable = (message: Message, body: LeadCentralized)

  /// An opportunity that is to exist in the CRM.
  package struct Planned: Sendable {
    package let opportunity: Identifier
    package let draft: OpportunityDraft
    package let explanation: Reason

    package init(opportunity: Identifier, draft: OpportunityDraft, explanation: Reason) {
      self.opportunity = opportunity
      self.draft = draft
      self.explanation = explanation
    }
  }

  /// What is known about the events of a batch.
  package struct Knowledge: Sendable {
    package let subjects: [IntegrationKey: OpportunitySubject]
    /// Opportunities that an earlier attempt planned, by event.
    package let planned: [IntegrationKey: Planned]
    /// The stored cursors, by integration and group.
    package var rotations: [String: [String: OwnerRotation]]
  }

  /// Everything in the first round trip.
  ///
  /// The lock makes the creators of one integration take turns, so that the rotation and "one
  /// open deal" hold with any number of them.
  package static func loading(_ readable: [Readable]) -> [SQL] {
    let integrations = readable.map(\.message.integration)
    let events = readable.map(\.body.event)
    let leads = readable.map(\.body.lead)
    return [
      Lock.taking(integrations.map { "opportunities:\($0)" }),
      """
      select c.integration_id, c.id, c.kind, c.identifier, c.lead_id, l.profile, l.custom_fields,
        c.contact_id, c.company_id, f.name,
        (select count(*) from opportunity o where o.integration_id = c.integration_id
          and o.lead_id = c.lead_id and o.told_status = 'open' and o.event_id <> c.id)
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join conversion c on c.integration_id = k.i and c.id = k.e
      join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      left join company f on f.integration_id = c.integration_id and f.id = c.company_id
      """,
      """
      select o.integration_id, o.event_id, o.id, o.draft, o.trigger_place
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join opportunity o on o.integration_id = k.i and o.event_id = k.e
      """,
      """
      select k.i, k.l, h.kind, h.identifier, h.origin, h.at
      from (select distinct i, l from unnest(\(integrations)::text[], \(leads)::uuid[])
        as u (i, l)) as k
      cross join lateral (
        select kind, identifier, origin, arrived_at,
          (extract(epoch from coalesce(occurred_at, arrived_at)) * 1000)::bigint as at
        from conversion c where c.integration_id = k.i and c.lead_id = k.l
        order by arrived_at desc limit 50
      ) as h
      order by h.arrived_at
      """,
      """
      select integration_id, name, waiting, last from assignment_cursor
      where integration_id = any(\(Array(Set(integrations)))::text[])
      """,
    ]
  }

  package static func knowledge(in rows: [Rows]) throws -> Knowledge {
    var history: [IntegrationKey: [HistoryItem]] = [:]
    for row in rows[3] {
      guard let kind = LeadEvent.Kind(rawValue: try row.string(2)) else { continue }
      let key = IntegrationKey(try row.string(0), try row.identifier(1))
      history[key, default: []].append(
        HistoryItem(
          kind: kind,
          identifier: try row.optionalString(3),
          origin: try row.optionalString(4),
          at: Timestamp(milliseconds: Int64(try row.int(5)))
        )
      )
    }
    var subjects: [IntegrationKey: OpportunitySubject] = [:]
    for row in rows[1] {
      guard let kind = LeadEvent.Kind(rawValue: try row.string(2)),
        let contact = try row.optionalIdentifier(7)
      else { continue }
      let integration = try row.string(0)
      let lead = try row.identifier(4)
      subjects[IntegrationKey(integration, try row.identifier(1))] = OpportunitySubject(
        event: try row.identifier(1),
        kind: kind,
        identifier: try row.optionalString(3),
        lead: LeadProfile(json: try row.json(5), customFields: try row.json(6)),
        leadID: lead,
        contact: contact,
        company: try row.optionalIdentifier(8),
        companyName: try row.optionalString(9),
        history: history[IntegrationKey(integration, lead)] ?? [],
        openOpportunities: try row.int(10)
      )
    }
    var planned: [IntegrationKey: Planned] = [:]
    for row in rows[2] {
      guard let draft = OpportunityDraft(json: try row.json(3)) else {
        throw PostgresError.decoding(column: "draft", expected: "an opportunity draft")
      }
      let id = try row.identifier(2)
      planned[IntegrationKey(try row.string(0), try row.identifier(1))] = Planned(
        opportunity: id,
        draft: draft,
        explanation: explanation(draft, place: try row.int(4), words: nil)
      )
    }
    return Knowledge(subjects: subjects, planned: planned, rotations: try rotations(in: rows[4]))
  }

  private static func rotations(in rows: Rows) throws -> [String: [String: OwnerRotation]] {
    var rotations: [String: [String: OwnerRotation]] = [:]
    for row in rows {
      rotations[try row.string(0), default: [:]][try row.string(1)] = OwnerRotation(
        waiting: (try row.json(2).array ?? []).compactMap(\.string),
        last: try row.optionalString(3)
      )
    }
    return rotations
  }

  package static func explanation(_ draft: OpportunityDraft, place: Int, words: String?) -> Reason {
    let trigger = words.map { "Trigger \(place) (\($0))" } ?? "Trigger \(place)"
    return Reason(
      "opportunity_created",
      "\(trigger) made an opportunity in “\(draft.pipeline)”, stage “\(draft.stage)”, for \(draft.owner)."
    )
  }

  /// The intents: the opportunity, its effect, and the cursors that moved.
  package static func intents(
    _ planned: [(message: Message, body: LeadCentralized, plan: Planned, place: Int)],
    moved: [(integration: String, group: String, rotation: OwnerRotation)]
  ) -> [SQL] {
    var writes: [SQL] = []
    if !planned.isEmpty {
      let integrations = planned.map(\.message.integration)
      let drafts = planned.map(\.plan.draft)
      let ids = planned.map(\.plan.opportunity)
      writes.append(
        """
        insert into opportunity (integration_id, id, event_id, lead_id, contact_id, company_id,
          trigger_place, pipeline, stage, owner, draft)
        select i, o, e, l, c, f, t, p, s, w, d::jsonb
        from unnest(\(integrations)::text[], \(ids)::uuid[], \(planned.map(\.body.event))::uuid[],
          \(planned.map(\.body.lead))::uuid[], \(drafts.map(\.contact))::uuid[],
          \(drafts.map(\.company))::uuid[], \(planned.map(\.place))::int[],
          \(drafts.map(\.pipeline))::text[], \(drafts.map(\.stage))::text[],
          \(drafts.map(\.owner))::text[], \(drafts.map(\.json.text))::text[])
          as k (i, o, e, l, c, f, t, p, s, w, d)
        """
      )
      writes.append(
        Effects.sending(
          planned.map {
            Effects.Intent(
              message: $0.message,
              kind: "crm.opportunity.create",
              subject: $0.plan.opportunity,
              plan: [:]
            )
          }
        )
      )
    }
    if !moved.isEmpty {
      writes.append(
        """
        insert into assignment_cursor (integration_id, name, waiting, last)
        select i, n, w::jsonb, l from unnest(\(moved.map(\.integration))::text[],
          \(moved.map(\.group))::text[],
          \(moved.map { JSON.array($0.rotation.waiting.map(JSON.string)).text })::text[],
          \(moved.map(\.rotation.last))::text[]) as k (i, n, w, l)
        on conflict (integration_id, name) do update
          set waiting = excluded.waiting, last = excluded.last
        """
      )
    }
    return writes
  }

  /// The results: the CRM's ids and the confirmed effects.
  package static func results(_ created: [(message: Message, plan: Planned, record: CRMRecord)])
    -> [SQL]
  {
    guard !created.isEmpty else { return [] }
    return [
      """
      update opportunity o set crm_id = k.r
      from unnest(\(created.map(\.message.integration))::text[],
        \(created.map(\.plan.opportunity))::uuid[], \(created.map(\.record.id))::text[])
        as k (i, o, r)
      where o.integration_id = k.i and o.id = k.o
      """,
      Effects.settling(created.map { Effects.Result(message: $0.message, state: .confirmed) }),
    ]
  }
}
