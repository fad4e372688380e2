package import Leads
package import Postgres
import Belt

/// The marks that we set at RD Station, where the importer knows them again.
package enum OwnMarkStore {
  package typealias Event = (integration: String, event: LeadEvent)

  /// The persons of the marks by their e-mail.
  ///
  /// A mark may have been set for a lead that another body named by its e-mail alone. They are locked
  /// with the leads, so that one mark is recognised once.
  package static func persons(of events: [Event]) -> [IntegrationKey] {
    marks(among: events).compactMap { integration, event in
      var anonymous = event
      anonymous.lead.rdUUID = nil
      return anonymous.leadID(in: integration).map { IntegrationKey(integration, $0) }
    }
  }

  /// Asks nothing where nothing in the batch is a mark.
  package static func load(_ events: [Event]) -> Load<OwnMarks> {
    let marks = marks(among: events)
    guard !marks.isEmpty else { return .known(.none) }
    return Load(
      """
      select k.i as integration_id, k.e as event_id, f.id, f.begun, f.sent, f.echo_event, f.echo
      from unnest(\(marks.map(\.integration))::text[],
        \(marks.map { $0.event.id(in: $0.integration) })::uuid[],
        \(marks.map { $0.event.leadID(in: $0.integration) })::uuid[],
        \(marks.map { $0.event.lead.email.flatMap(EmailAddress.init)?.address })::text[])
        as k (i, e, l, m)
      cross join lateral (
        select id from lead where integration_id = k.i and id = k.l
        union
        select id from lead where integration_id = k.i and email_key = k.m
        offset 0
      ) as p
      cross join lateral (
        select id from opportunity where integration_id = k.i and lead_id = p.id offset 0
      ) as o
      cross join lateral (
        select id, echo_event,
          (extract(epoch from coalesce(begun_at, sent_at)) * 1000)::bigint as begun,
          (extract(epoch from sent_at) * 1000)::bigint as sent,
          (extract(epoch from echo_at) * 1000)::bigint as echo
        from effect
        where integration_id = k.i and subject_id = o.id and kind = 'rd.events'
          and state <> 'failed' and plan -> 'events' @> '["opportunity"]'
        offset 0
      ) as f
      """
    ) { rows in
      OwnMarks(
        try rows.map { row in
          let echo = try row.optionalIdentifier("echo_event").map { event in
            OwnMark.Echo(
              event: event,
              at: try row.optionalInt("echo").map { Timestamp(milliseconds: Int64($0)) }
            )
          }
          return (
            event: IntegrationKey(
              try row.string("integration_id"),
              try row.identifier("event_id")
            ),
            mark: OwnMark(
              effect: try row.identifier("id"),
              begunAt: Timestamp(milliseconds: Int64(try row.int("begun"))),
              sentAt: Timestamp(milliseconds: Int64(try row.int("sent"))),
              echo: echo
            )
          )
        }
      )
    }
  }

  /// Keeps which mark of RD Station each effect explains.
  package static func keeping(_ recognised: [OwnMarks.Recognised]) -> [SQL] {
    guard !recognised.isEmpty else { return [] }
    return [
      """
      with held as materialized (
        select e.integration_id, e.id, k.v, k.t
        from unnest(\(recognised.map(\.effect.integration))::text[],
          \(recognised.map(\.effect.id))::uuid[], \(recognised.map(\.echo.event))::uuid[],
          \(recognised.map { $0.echo.at?.milliseconds })::bigint[]) as k (i, e, v, t)
        join effect e on e.integration_id = k.i and e.id = k.e
        order by e.integration_id, e.id for update of e
      )
      update effect e set echo_event = held.v, echo_at = to_timestamp(held.t / 1000.0)
      from held
      where e.integration_id = held.integration_id and e.id = held.id and e.echo_event is null
      """
    ]
  }

  private static func marks(among events: [Event]) -> [Event] {
    events.filter { $0.event.kind == .opportunityMark }
  }
}
