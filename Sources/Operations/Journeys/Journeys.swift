import BeltStorage
private import Leads
package import Postgres
package import Belt

/// Finds the journeys of a lead and reads them.
package struct Journeys: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Whether a text is of a kind by which leads are found, whatever it names.
  package static func isSearched(_ text: String) -> Bool {
    // Whatever has no digits is a tax id of an unknown kind too, and here a name.
    let isNumber = text.count(where: \.isWholeNumber) >= 5
    return Identifier(text) != nil || EmailAddress(text) != nil
      || isNumber && (PhoneNumber(text) != nil || TaxID(text) != nil)
  }

  /// The stage that has handled a message of which no lead came; nil when none has.
  package func handled(_ message: Identifier, in integration: String? = nil) async throws
    -> String?
  {
    try await pool.run(
      """
      select r.stage from integration i join receipt r on r.integration_id = i.id
      where i.id = coalesce(\(integration), i.id) and r.message_id = \(message)
      """
    ).first?.string(0)
  }

  /// The journeys of the leads that a text names, in order of arrival.
  ///
  /// The text is an e-mail address, a mobile number, a tax id, or any identifier of ours or RD's; no
  /// integration means all; the limit, at least 1, keeps the newest. Leads that were kept out are
  /// found by e-mail in the bodies of the last 30 days, and those that were put aside by any text that
  /// they hold.
  package func journeys(
    of text: String,
    in integration: String? = nil,
    limit: Int = 50
  ) async throws -> [LeadJourney] {
    var found = try await known(text, in: integration, limit: limit)
    if let email = EmailAddress(text) {
      found += try await keptOut(email, in: integration, limit: limit)
    }
    if text.count >= 3 { found += try await putAside(text, in: integration, limit: limit) }
    return try await read(Array(Set(found)), limit: limit)
  }

  /// The journeys of some opportunities, by the newest first.
  package func latest(of integration: String, limit: Int) async throws -> [LeadJourney] {
    let rows = try await pool.run(
      """
      select o.integration_id, c.journey_id
      from opportunity o join conversion c
        on c.integration_id = o.integration_id and c.id = o.event_id
      where o.integration_id = \(integration)
      order by (o.told_status = 'open'), o.created_at desc, o.id limit \(limit)
      """
    )
    return try await read(rows.map(Self.key), limit: limit)
  }

  private func known(_ text: String, in integration: String?, limit: Int) async throws
    -> [IntegrationKey]
  {
    let id = Identifier(text)
    let rows = try await pool.run(
      """
      with wanted as (
        select integration_id, id from lead
        where id = \(id) or email_key = \(EmailAddress(text)?.address)
          or contact_id = \(id) or company_id = \(id) or rd_uuid = \(id.map { "\($0)" })
        union
        select l.integration_id, l.id
        from identity d join lead l on l.integration_id = d.integration_id
          and d.subject_id in (l.contact_id, l.company_id)
        where (d.kind = 'email' and d.value = \(EmailAddress(text)?.mailbox))
          or (d.kind in ('mobile', 'phone')
            and d.value = any(\(Array(PhoneNumber(text)?.matchKeys ?? []))::text[]))
          or (d.kind = 'tax_id' and d.value = any(\(TaxID(text)?.keys ?? [])::text[]))
      )
      select integration_id, journey_id from (
        select c.integration_id, c.journey_id, c.arrived_at
        from wanted w join conversion c
          on c.integration_id = w.integration_id and c.lead_id = w.id
        union
        select integration_id, journey_id, arrived_at from arrival
        where \(id)::uuid in (journey_id, message_id, event_id)
        union
        select o.integration_id, c.journey_id, c.arrived_at
        from opportunity o join conversion c
          on c.integration_id = o.integration_id and c.id = o.event_id
        where o.id = \(id) or o.crm_id = \(id.map { "\($0)" })
      ) as k
      where integration_id = coalesce(\(integration), integration_id)
      order by arrived_at desc limit \(limit)
      """
    )
    return try rows.map(Self.key)
  }

  private func putAside(_ text: String, in integration: String?, limit: Int) async throws
    -> [IntegrationKey]
  {
    try await pool.run(
      """
      select integration_id, journey_id from dead_letter
      where stage = \(Flow.entry.stage)
        and integration_id = coalesce(\(integration), integration_id)
        and \(DeadLetterFilter.holds(text))
      order by last_at desc limit \(limit)
      """
    ).map(Self.key)
  }

  /// A lead that was refused is stored nowhere; only the body still holds its address.
  private func keptOut(_ email: EmailAddress, in integration: String?, limit: Int) async throws
    -> [IntegrationKey]
  {
    let rows = try await pool.run(
      """
      select b.integration_id, b.message_id, b.body, coalesce(d.journey_id, b.message_id)
      from webhook_archive b
      -- One that was put aside goes on in its journey.
      left join dead_letter d on d.integration_id = b.integration_id and d.id = b.message_id
      where b.received_at > now() - interval '30 days'
        and b.integration_id = coalesce(\(integration), b.integration_id)
        and position(\(email.address) in lower(encode(b.body, 'escape'))) > 0
      order by b.received_at desc limit \(limit)
      """
    )
    return try rows.flatMap { row in
      let message = Message(
        id: try row.identifier(1),
        type: WebhookReceived.type,
        stage: Flow.entry.stage,
        integration: try row.string(0),
        journey: try row.identifier(3),
        body: try row.bytes(2)
      )
      return WebhookContent(of: message).leads.compactMap { lead -> IntegrationKey? in
        guard case .success(let event) = lead.item else { return nil }
        let isMeant = event.lead.email?.address == email
        return isMeant ? IntegrationKey(message.integration, lead.journey) : nil
      }
    }
  }
}

// MARK: Reading

extension Journeys {
  private func read(_ keys: [IntegrationKey], limit: Int) async throws -> [LeadJourney] {
    guard !keys.isEmpty else { return [] }
    let integrations = keys.map(\.integration)
    let journeys = keys.map(\.id)
    let rows = try await pool.run([
      Self.heads(integrations, journeys, limit: limit),
      """
      select j.integration_id, j.journey_id,
        to_char(j.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), j.stage, j.code,
        j.sentence, j.config_version
      from unnest(\(integrations)::text[], \(journeys)::uuid[]) as k (i, j)
      join journey j on j.integration_id = k.i and j.journey_id = k.j
      order by j.at
      """,
      """
      select distinct r.integration_id, r.journey_id, f ->> 'stage'
      from unnest(\(integrations)::text[], \(journeys)::uuid[]) as k (i, j)
      join receipt r on r.integration_id = k.i and r.journey_id = k.j
      cross join jsonb_array_elements(r.follows::jsonb) as f
      where not exists (select from receipt g
        where g.integration_id = r.integration_id and g.message_id = (f ->> 'id')::uuid)
      order by 3
      """,
      JourneyCalls.reading(integrations, journeys),
    ])
    let lines = try Self.lines(in: rows[1])
    var waiting: [IntegrationKey: [String]] = [:]
    for row in rows[2] { waiting[try Self.key(row), default: []].append(try row.string(2)) }
    var calls: [IntegrationKey: JourneyCalls] = [:]
    for row in rows[3] { try calls[try Self.key(row), default: JourneyCalls()].add(row) }
    let letters = try await deadLetters(of: keys)
    return try rows[0].map { row in
      let key = try Self.key(row)
      return try LeadJourney(
        row,
        key,
        lines: lines[key] ?? [],
        onItsWay: waiting[key] ?? [],
        calls: calls[key] ?? JourneyCalls(),
        deadLetters: letters[key] ?? []
      )
    }
  }

  private func deadLetters(of keys: [IntegrationKey]) async throws -> [IntegrationKey: [DeadLetter]]
  {
    let deadLetters = DeadLetters(pool: pool)
    var letters: [IntegrationKey: [DeadLetter]] = [:]
    for (integration, keys) in Dictionary(grouping: keys, by: \.integration) {
      for letter in try await deadLetters.find(journeys: keys.map(\.id), in: integration) {
        letters[IntegrationKey(integration, letter.message.journey), default: []].append(letter)
      }
    }
    return letters
  }

  private static func heads(_ integrations: [String], _ journeys: [Identifier], limit: Int) -> SQL {
    """
    select * from (
      select a.integration_id, a.journey_id,
        to_char(a.arrived_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, a.state,
        a.reason, c.kind, c.identifier, c.origin, l.id, l.profile ->> 'name',
        l.profile ->> 'email', o.id, o.pipeline, coalesce(r.stage, o.stage), o.owner,
        -- Of another CRM than the embedded one it is known how it stood when RD Station was told.
        coalesce(r.status, case when o.crm_id is not null then o.told_status end),
        not exists (select from receipt r where r.integration_id = a.integration_id
          and r.journey_id = a.journey_id and r.stage = \(Flow.afterEntry.stage)), h.code, h.sentence,
        coalesce(l.profile ->> 'mobile_phone', l.profile ->> 'personal_phone')
      from unnest(\(integrations)::text[], \(journeys)::uuid[]) as k (i, j)
      join arrival a on a.integration_id = k.i and a.journey_id = k.j
      left join conversion c on c.integration_id = a.integration_id
        and c.journey_id = a.journey_id and c.id = a.event_id
      left join conversion e on e.integration_id = a.integration_id and e.id = a.event_id
      left join lead l on l.integration_id = a.integration_id and l.id = e.lead_id
      left join opportunity o on o.integration_id = c.integration_id and o.event_id = c.id
      left join embedded_opportunity r on r.integration_id = o.integration_id and r.marker = o.id
      left join held h on h.integration_id = a.integration_id and h.journey_id = a.journey_id
      order by a.arrived_at desc, a.position desc limit \(limit)
    ) as newest order by at
    """
  }

  private static func lines(in rows: Rows) throws -> [IntegrationKey: [LeadJourney.Line]] {
    var lines: [IntegrationKey: [LeadJourney.Line]] = [:]
    for row in rows {
      lines[try key(row), default: []].append(
        LeadJourney.Line(
          at: try row.string(2),
          stage: try row.string(3),
          code: try row.string(4),
          sentence: try row.string(5),
          configVersion: try row.optionalInt(6)
        )
      )
    }
    return lines
  }

  private static func key(_ row: Row) throws -> IntegrationKey {
    IntegrationKey(try row.string(0), try row.identifier(1))
  }
}

extension LeadJourney {
  fileprivate init(
    _ row: Row,
    _ key: IntegrationKey,
    lines: [Line],
    onItsWay: [String],
    calls: JourneyCalls,
    deadLetters: [DeadLetter]
  ) throws {
    let state = try row.string(3)
    let isNew = try row.bool(16)
    let opportunity = try row.optionalIdentifier(11)
    try self.init(
      integration: key.integration,
      id: key.id,
      arrivedAt: row.string(2),
      arrivalState: state,
      arrivalReason: row.optionalString(4),
      kind: row.optionalString(5),
      identifier: row.optionalString(6),
      origin: row.optionalString(7),
      lead: row.optionalIdentifier(8),
      name: row.optionalString(9),
      email: row.optionalString(10),
      phone: row.optionalString(19),
      lines: lines,
      opportunity: opportunity.map { id in
        try Opportunity(
          id: id,
          pipeline: row.string(12),
          stage: row.string(13),
          owner: row.string(14),
          status: row.optionalString(15)
        )
      },
      told: calls.told,
      // The importer's receipt is the webhook's, not the lead's.
      onItsWay: state == "accepted" && isNew ? [Flow.afterEntry.stage] : onItsWay,
      unsettled: calls.unsettled,
      held: row.optionalString(17).map { code in Reason(code, try row.string(18)) },
      deadLetters: deadLetters
    )
  }
}
