package import Leads
package import Postgres
package import StrictJSON
package import Belt

/// What the opportunity creator loads.
package enum OpportunityStore {
  package typealias Readable = (message: Message, body: LeadCentralized)

  /// An opportunity that is to exist in the CRM.
  package struct Planned: Sendable {
    package let draft: OpportunityDraft
    package let explanation: Reason

    package init(draft: OpportunityDraft, explanation: Reason) {
      self.draft = draft
      self.explanation = explanation
    }

    package var opportunity: Identifier { draft.marker }
  }

  /// What is known about the events of a batch; grows as the batch is decided.
  package struct Knowledge: Sendable {
    package fileprivate(set) var subjects: [IntegrationKey: OpportunitySubject]
    /// Opportunities that an earlier attempt planned, by event.
    package let planned: [IntegrationKey: Planned]
    /// Events that wait, or waited until now.
    package let held: Set<IntegrationKey>
    /// The stored cursors, by integration and group.
    package var rotations: [String: [String: OwnerRotation]]
    /// Options that leads have added to the CRM's lists.
    package fileprivate(set) var created: [String: [FieldName: Set<String>]]

    /// What later events of the batch should know of an earlier one's choice.
    package mutating func learn(
      _ choice: OpportunityDecision.Choice,
      made draft: OpportunityDraft?,
      of event: IntegrationKey
    ) {
      for (field, options) in choice.plan.newOptions {
        created[event.integration, default: [:]][field, default: []].formUnion(options)
      }
      let lead = subjects[event]?.leadID
      for (key, subject) in subjects where key.integration == event.integration && key != event {
        var subject = subject
        if subject.contact == choice.contact {
          subject.contactOwner = subject.contactOwner ?? choice.owners.contact?.owner
        }
        if let company = subject.company, company == choice.company {
          subject.companyOwner = subject.companyOwner ?? choice.owners.company?.owner
        }
        if let draft, subject.leadID == lead {
          subject.open.insert(
            OpenOpportunity(id: draft.marker, record: nil, pipeline: draft.pipeline),
            at: 0
          )
        }
        subjects[key] = subject
      }
    }
  }

  /// Everything in the first round trip.
  ///
  /// The lock makes the creators of one integration take turns, so that the rotation and "one
  /// open deal" hold with any number of them.
  package static func loading(_ readable: [Readable]) -> [SQL] {
    let integrations = readable.map(\.message.integration)
    let events = readable.map(\.body.event)
    let leads = readable.map(\.body.lead)
    let distinct = Array(Set(integrations))
    return [
      Lock.taking(integrations.map { "opportunities:\($0)" }),
      """
      select c.integration_id, c.id, c.kind, c.identifier, c.lead_id, l.profile, l.custom_fields,
        c.contact_id, c.company_id, f.name, p.owner, f.owner,
        (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'record', o.crm_id,
            'pipeline', o.pipeline) order by o.created_at desc), '[]')
          from opportunity o where o.integration_id = c.integration_id
            and o.lead_id = c.lead_id and o.told_status = 'open' and o.event_id <> c.id)
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join conversion c on c.integration_id = k.i and c.id = k.e
      join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      left join contact p on p.integration_id = c.integration_id and p.id = c.contact_id
      left join company f on f.integration_id = c.integration_id and f.id = c.company_id
      """,
      """
      select o.integration_id, o.event_id, o.draft, o.trigger_place
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join opportunity o on o.integration_id = k.i and o.event_id = k.e
      """,
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
      """,
      """
      select integration_id, name, waiting, last from assignment_cursor
      where integration_id = any(\(distinct)::text[])
      """,
      """
      select integration_id, record, field, option from created_option
      where integration_id = any(\(distinct)::text[])
      """,
      """
      select h.integration_id, h.event_id
      from unnest(\(integrations)::text[], \(events)::uuid[]) as k (i, e)
      join held h on h.integration_id = k.i and h.event_id = k.e
      """,
    ]
  }

  package static func knowledge(in rows: [Rows]) throws -> Knowledge {
    let history = try history(in: rows[3])
    var planned: [IntegrationKey: Planned] = [:]
    for row in rows[2] {
      guard let draft = OpportunityDraft(json: try row.json(2)) else {
        throw PostgresError.decoding(column: "draft", expected: "an opportunity draft")
      }
      planned[IntegrationKey(try row.string(0), try row.identifier(1))] = Planned(
        draft: draft,
        explanation: draft.explanation(trigger: "Trigger \(try row.int(3))")
      )
    }
    return Knowledge(
      subjects: try subjects(in: rows[1], history),
      planned: planned,
      held: Set(try rows[6].map { IntegrationKey(try $0.string(0), try $0.identifier(1)) }),
      rotations: try rotations(in: rows[4]),
      created: try created(in: rows[5])
    )
  }

  private static func subjects(in rows: Rows, _ history: [IntegrationKey: [HistoryItem]]) throws
    -> [IntegrationKey: OpportunitySubject]
  {
    var subjects: [IntegrationKey: OpportunitySubject] = [:]
    for row in rows {
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
        contactOwner: try row.optionalString(10),
        companyOwner: try row.optionalString(11),
        history: history[IntegrationKey(integration, lead)] ?? [],
        open: try (row.json(12).array ?? []).compactMap(OpenOpportunity.init)
      )
    }
    return subjects
  }

  private static func history(in rows: Rows) throws -> [IntegrationKey: [HistoryItem]] {
    var history: [IntegrationKey: [HistoryItem]] = [:]
    for row in rows {
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
    return history
  }

  package static func rotations(in rows: Rows) throws -> [String: [String: OwnerRotation]] {
    var rotations: [String: [String: OwnerRotation]] = [:]
    for row in rows {
      rotations[try row.string(0), default: [:]][try row.string(1)] = OwnerRotation(
        waiting: (try row.json(2).array ?? []).compactMap(\.string),
        last: try row.optionalString(3)
      )
    }
    return rotations
  }

  package static func created(in rows: Rows) throws -> [String: [FieldName: Set<String>]] {
    var created: [String: [FieldName: Set<String>]] = [:]
    for row in rows {
      guard let record = RecordKind(rawValue: try row.string(1)) else { continue }
      let field = FieldName(record: record, name: try row.string(2))
      created[try row.string(0), default: [:]][field, default: []].insert(try row.string(3))
    }
    return created
  }
}

extension OpenOpportunity {
  package init?(json: JSON) {
    guard let id = json["id"]?.string.flatMap({ Identifier($0) }),
      let pipeline = json["pipeline"]?.string
    else { return nil }
    self.init(id: id, record: json["record"]?.string.map(CRMRecord.init), pipeline: pipeline)
  }
}
