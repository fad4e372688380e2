private import Crypto
package import Leads
import Postgres
package import Belt

/// Reading what happened to leads around the times of some events, by whichever body it came.
package enum Occurrences {
  /// Whatever an older and a newer body may differ by, in milliseconds.
  private static let slack = OwnMark.spread + 1_000

  package static func load(_ events: [(integration: String, event: LeadEvent)]) -> Load<
    [IntegrationKey: [Occurrence]]
  > {
    let dated = events.compactMap { Window(of: $0.event, in: $0.integration) }
    return Load(
      """
      select distinct k.i as integration_id, k.l as lead_id, c.id, c.kind, c.identifier, c.number,
        (extract(epoch from c.occurred_at) * 1000)::bigint as at
      from unnest(\(dated.map(\.integration))::text[], \(dated.map(\.lead))::uuid[],
        \(dated.map(\.from))::bigint[], \(dated.map(\.to))::bigint[]) as k (i, l, f, t)
      join conversion c on c.integration_id = k.i and \(inWindow)
      """
    ) { rows in
      var occurrences: [IntegrationKey: [Occurrence]] = [:]
      for row in rows {
        guard let kind = LeadEvent.Kind(rawValue: try row.string("kind")) else {
          throw PostgresError.decoding(column: "kind", expected: "a kind of event")
        }
        let lead = IntegrationKey(try row.string("integration_id"), try row.identifier("lead_id"))
        occurrences[lead, default: []].append(
          Occurrence(
            event: try row.identifier("id"),
            kind: kind,
            identifier: try row.optionalString("identifier"),
            number: try row.optionalInt("number"),
            at: Timestamp(milliseconds: Int64(try row.int("at")))
          )
        )
      }
      return occurrences
    }
  }

  /// The messages whose very body has been here before, for an event that is known.
  ///
  /// Found by the event's arrivals, so that it costs nothing for new ones; of an event that came very
  /// often, some are looked at.
  package static func repeats(_ events: [(message: Message, event: LeadEvent)]) -> Load<
    Set<IntegrationKey>
  > {
    let messages = events.map(\.message)
    var digests: [Identifier: [UInt8]] = [:]
    for message in messages where digests[message.id] == nil {
      digests[message.id] = Array(SHA256.hash(data: message.body))
    }
    let windows = events.map { Window(of: $0.event, in: $0.message.integration) }
    return Load(
      """
      select distinct k.i as integration_id, k.m as message_id
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
        \(messages.map { digests[$0.id] ?? [] })::bytea[],
        \(events.map { $0.event.id(in: $0.message.integration) })::uuid[],
        \(windows.map { $0?.lead })::uuid[], \(windows.map { $0?.from })::bigint[],
        \(windows.map { $0?.to })::bigint[]) as k (i, m, b, e, l, f, t)
      cross join lateral (
        select k.e as id union
        select c.id from conversion c where c.integration_id = k.i and \(inWindow)
      ) as v
      cross join lateral (
        select message_id, arrived_at from arrival
        where integration_id = k.i and event_id = v.id limit 200
      ) as a
      join webhook_archive w on w.integration_id = k.i and w.message_id = a.message_id
        and w.received_at = a.arrived_at
      where w.body_sha256 = k.b
      """,
      element: { IntegrationKey(try $0.string("integration_id"), try $0.identifier("message_id")) }
    )
  }

  /// By the index `conversion_occurred` alone, so that a lead of many events costs no more than others.
  private static let inWindow: SQL = """
    c.lead_id = k.l
      and c.occurred_at between to_timestamp(k.f / 1000.0) and to_timestamp(k.t / 1000.0)
    """

  /// A lead, and when something happened to it.
  private struct Window {
    let integration: String
    let lead: Identifier
    let from: Int64
    let to: Int64

    /// Nil for an event whose lead or time is not sure.
    init?(of event: LeadEvent, in integration: String) {
      let times = event.instants.map(\.milliseconds)
      guard event.lead.rdUUID != nil, let lead = event.leadID(in: integration),
        let first = times.min(), let last = times.max()
      else { return nil }
      self.integration = integration
      self.lead = lead
      from = first - slack
      to = last + slack
    }
  }
}
