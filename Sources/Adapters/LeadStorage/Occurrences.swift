import Leads
import Postgres
import Workers

/// Reading what happened to leads around the times of some events, by whichever body it came.
enum Occurrences {
  /// Whatever an older and a newer body may differ by, in milliseconds.
  private static let slack: Int64 = 3_000

  static func reading(_ events: [(integration: String, event: LeadEvent)]) -> SQL {
    let dated = events.compactMap { integration, event -> Key? in
      guard event.lead.rdUUID != nil, let lead = event.leadID(in: integration) else { return nil }
      let times = event.instants.map(\.milliseconds)
      guard let first = times.min(), let last = times.max() else { return nil }
      return Key(integration: integration, lead: lead, from: first - slack, to: last + slack)
    }
    return """
      select distinct k.i, k.l, c.id, c.kind, c.identifier, c.number,
        (extract(epoch from c.occurred_at) * 1000)::bigint
      from unnest(\(dated.map(\.integration))::text[], \(dated.map(\.lead))::uuid[],
        \(dated.map(\.from))::bigint[], \(dated.map(\.to))::bigint[]) as k (i, l, f, t)
      join conversion c on c.integration_id = k.i and c.lead_id = k.l
        -- Nothing arrives before it happens, but for clocks that differ.
        and c.arrived_at >= least(to_timestamp(k.f / 1000.0), now()) - interval '1 day'
        and c.occurred_at between to_timestamp(k.f / 1000.0) and to_timestamp(k.t / 1000.0)
      """
  }

  private struct Key {
    let integration: String
    let lead: Identifier
    let from: Int64
    let to: Int64
  }

  static func read(_ rows: Rows) throws -> [IntegrationKey: [Occurrence]] {
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
