package import Leads
package import Postgres
import StrictJSON
package import Belt

/// What the opportunity creator commits.
extension OpportunityStore {
  /// One event with the choice that was made for it.
  package struct Chosen: Sendable {
    package let message: Message
    package let body: LeadCentralized
    package let choice: OpportunityDecision.Choice
    /// Nil when no new opportunity is made.
    package let draft: OpportunityDraft?

    package init(
      message: Message,
      body: LeadCentralized,
      choice: OpportunityDecision.Choice,
      draft: OpportunityDraft?
    ) {
      self.message = message
      self.body = body
      self.choice = choice
      self.draft = draft
    }
  }

  /// The intents: the opportunities with their effects, the records that the CRM is to hold, and the
  /// options that its lists get.
  package static func intents(_ chosen: [Chosen]) -> [SQL] {
    opportunities(chosen)
      + records(.contact, "contact", chosen, \.contact, \.owners.contact)
      + records(.company, "company", chosen, \.company, \.owners.company)
      + options(chosen)
  }

  private static func opportunities(_ chosen: [Chosen]) -> [SQL] {
    let planned = chosen.compactMap { chosen in chosen.draft.map { (chosen, $0) } }
    guard !planned.isEmpty else { return [] }
    let choices = planned.map(\.0.choice)
    let drafts = planned.map(\.1)
    return [
      """
      insert into opportunity (integration_id, id, event_id, lead_id, contact_id, company_id,
        trigger_place, pipeline, stage, owner, draft)
      select i, o, e, l, c, f, t, p, s, w, d::jsonb
      from unnest(\(planned.map(\.0.message.integration))::text[], \(drafts.map(\.marker))::uuid[],
        \(planned.map(\.0.body.event))::uuid[], \(planned.map(\.0.body.lead))::uuid[],
        \(choices.map(\.contact))::uuid[], \(choices.map(\.company))::uuid[],
        \(choices.map(\.place))::int[], \(drafts.map(\.pipeline))::text[],
        \(drafts.map(\.stage))::text[], \(drafts.map(\.owner))::text[],
        \(drafts.map(\.json.text))::text[])
        as k (i, o, e, l, c, f, t, p, s, w, d)
      """,
      Effects.sending(
        planned.map {
          Effects.Intent(
            message: $0.0.message,
            kind: "crm.opportunity.create",
            subject: $0.1.marker,
            plan: [:]
          )
        }
      ),
    ]
  }

  /// The contacts or companies that the CRM holds: a first owner stays, fields follow RD Station.
  private static func records(
    _ kind: RecordKind,
    _ table: SQL,
    _ chosen: [Chosen],
    _ id: (OpportunityDecision.Choice) -> Identifier?,
    _ draw: (OpportunityDecision.Choice) -> RecordOwners.Draw?
  ) -> [SQL] {
    var latest: [IntegrationKey: (owner: String?, kept: JSON, gone: [String])] = [:]
    for item in chosen where item.choice.creates.contains(kind) {
      guard let id = id(item.choice) else { continue }
      let values = item.choice.plan.values(of: kind)
      let key = IntegrationKey(item.message.integration, id)
      latest[key] = (
        draw(item.choice)?.owner,
        .object(
          JSON.Members(
            values.filter { !$0.values.isEmpty }
              .map { .init(key: $0.name, value: $0.json["value"] ?? .null) }
          )
        ),
        values.filter(\.values.isEmpty).map(\.name)
      )
    }
    guard !latest.isEmpty else { return [] }
    // The rows are locked in one order by everybody, so that no two writers wait for each other.
    let keys = latest.keys.sorted {
      ($0.integration, $0.id.description) < ($1.integration, $1.id.description)
    }
    let gone = keys.map { JSON.array((latest[$0]?.gone ?? []).map(JSON.string)).text }
    return [
      """
      update \(table) r set in_crm = true, owner = k.w, fields = k.d
      from (select r.integration_id as i, r.id as c, coalesce(r.owner, u.w) as w,
          (r.fields || u.d::jsonb) - array(select jsonb_array_elements_text(u.g::jsonb)) as d
        from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[],
          \(keys.map { latest[$0]?.owner })::text[],
          \(keys.map { latest[$0]?.kept.text })::text[], \(gone)::text[]) as u (i, c, w, d, g)
        join \(table) r on r.integration_id = u.i and r.id = u.c) as k
      where r.integration_id = k.i and r.id = k.c
        and (r.in_crm, r.owner, r.fields) is distinct from (true, k.w, k.d)
      """
    ]
  }

  private static func options(_ chosen: [Chosen]) -> [SQL] {
    let options = chosen.flatMap { item in
      item.choice.plan.newOptions.flatMap { field, options in
        options.map { (item.message.integration, field, $0) }
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

  /// The cursors that moved.
  package static func cursors(
    _ moved: [(integration: String, group: String, rotation: OwnerRotation)]
  ) -> [SQL] {
    guard !moved.isEmpty else { return [] }
    return [
      """
      insert into assignment_cursor (integration_id, name, waiting, last)
      select i, n, w::jsonb, l from unnest(\(moved.map(\.integration))::text[],
        \(moved.map(\.group))::text[],
        \(moved.map { JSON.array($0.rotation.waiting.map(JSON.string)).text })::text[],
        \(moved.map(\.rotation.last))::text[]) as k (i, n, w, l)
      on conflict (integration_id, name) do update
        set waiting = excluded.waiting, last = excluded.last
      """
    ]
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
      """
    ] + Effects.settling(created.map { Effects.Result(message: $0.message, state: .confirmed) })
  }
}
