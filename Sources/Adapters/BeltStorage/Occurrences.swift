private import Crypto
package import Leads
package import Postgres
import Belt

/// Reading what happened to leads around the times of some events, by whichever body it came.
package enum Occurrences {
  /// Whatever an older and a newer body may differ by, in milliseconds.
  private static let slack = OwnMark.spread + 1_000

  package static func reading(_ events: [(integration: String, event: LeadEvent)]) -> SQL {
    let dated = events.compactMap { Window(of: $0.event, in: $0.integration) }
    return """
      select distinct k.i, k.l, c.id, c.kind, c.identifier, c.number,
        (extract(epoch from c.occurred_at) * 1000)::bigint
      from unnest(\(dated.map(\.integration))::text[], \(dated.map(\.lead))::uuid[],
        \(dated.map(\.from))::bigint[], \(dated.map(\.to))::bigint[]) as k (i, l, f, t)
      join conversion c on c.integration_id = k.i and \(inWindow)
      """
  }

  /// The messages whose very body has been here before, for an event that is known.
  ///
  /// Found by the event's arrivals, so that it costs nothing for new ones; of an event that came very
  /// often, some are looked at.
  static func repeats(_ events: [(message: Message, event: LeadEvent)]) -> SQL {
    let messages = events.map(\.message)
    var digests: [Identifier: [UInt8]] = [:]
    for message in messages where digests[message.id] == nil {
      digests[message.id] = Array(SHA256.hash(data: message.body))
    }
    let windows = events.map { Window(of: $0.event, in: $0.message.integration) }
    return """
      select distinct k.i, k.m
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
      """
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

  package static func read(_ rows: Rows) throws -> [IntegrationKey: [Occurrence]] {
    var occurrences: [IntegrationKey: [Occurrence]] = [:]
    for row in rows {
      guard let kind = LeadEvent.Kind(rawValue: try row.string(3)) else {
        throw PostgresError.decoding(column: "kind", expected: "a kind of event")
      }
      let lead = IntegrationKey(try row.string(0), try row.identifier(1))
      occurrences[lead, default: []].append(
        Occurrence(
          event: try row.identifier(2),
          kind: kind,
          identifier: try row.optionalString(4),
          number: try row.optionalInt(5),
          at: Timestamp(milliseconds: Int64(try row.int(6)))
        )
      )
    }
    return occurrences
  }
}
