import BeltStorage
import Leads
import Postgres
import StrictJSON
import Belt

/// What a batch makes of one lead: its events laid one over the other, the newer over the older.
///
/// One row a lead however many events it has, because a statement cannot write a row twice, and a
/// statement an event would take minutes for a body that names one lead a thousand times.
struct LeadState {
  let integration: String
  let lead: Identifier
  private(set) var rdUUID: String?
  private(set) var emailKey: String?
  private(set) var sourceAt: Int64
  private var profile: [String: JSON] = [:]
  private var customFields: [String: JSON] = [:]
  /// Stored custom fields that are told by another name now.
  private var namesReplaced: Set<String> = []

  /// What is to be written.
  ///
  /// `known`: the source times of the leads that are stored.
  static func folding(_ arrivals: [Heard], over known: [IntegrationKey: Int64])
    -> [LeadState]
  {
    var states: [IntegrationKey: LeadState] = [:]
    for arrival in arrivals {
      let key = IntegrationKey(arrival.integration, arrival.lead)
      let newest = states[key]?.sourceAt ?? known[key] ?? .min
      guard arrival.sourceAt >= newest else { continue }
      states[key, default: LeadState(arrival)].take(arrival)
    }
    return Array(states.values)
  }

  private init(_ arrival: Heard) {
    integration = arrival.integration
    lead = arrival.lead
    sourceAt = arrival.sourceAt
  }

  private mutating func take(_ arrival: Heard) {
    let told = arrival.event.lead
    rdUUID = told.rdUUID ?? rdUUID
    emailKey = told.email?.address?.address ?? emailKey
    sourceAt = arrival.sourceAt
    for member in told.json.members ?? [] { profile[member.key] = member.value }
    for name in arrival.namesReplaced {
      customFields[name] = nil
      namesReplaced.insert(name)
    }
    for member in told.customFields { customFields[member.key] = member.value }
  }

  /// An older event changes nothing, unless what is stored is dated into the future.
  static func writing(_ states: [LeadState]) -> [Write] {
    guard !states.isEmpty else { return [] }
    return replacing(states) + [
      Write(.lead) { after in
        """
        insert into lead (integration_id, id, rd_uuid, email_key, profile, custom_fields, source_at)
        select i, l, u, e, p::jsonb, c::jsonb, to_timestamp(s / 1000.0)
        from unnest(\(states.map(\.integration))::text[], \(states.map(\.lead))::uuid[],
          \(states.map(\.rdUUID))::text[], \(states.map(\.emailKey))::text[],
          \(states.map { text($0.profile) })::text[],
          \(states.map { text($0.customFields) })::text[],
          \(states.map(\.sourceAt))::bigint[]) as k (i, l, u, e, p, c, s)
        where \(after) order by i, l
        on conflict (integration_id, id) do update set
          rd_uuid = coalesce(excluded.rd_uuid, lead.rd_uuid),
          email_key = coalesce(excluded.email_key, lead.email_key),
          profile = lead.profile || excluded.profile,
          custom_fields = lead.custom_fields || excluded.custom_fields,
          source_at = excluded.source_at
        where lead.source_at <= excluded.source_at
          or lead.source_at > now() + interval '5 minutes'
        """
      }
    ]
  }

  /// Takes away what the states tell by another name.
  private static func replacing(_ states: [LeadState]) -> [Write] {
    let replaced = states.filter { !$0.namesReplaced.isEmpty }
    guard !replaced.isEmpty else { return [] }
    let names = replaced.map { state in
      JSON.array(state.namesReplaced.sorted().map(JSON.string)).text
    }
    return [
      Write(.lead) { after in
        RowOrder.updating(
          "lead",
          set: """
            custom_fields = r.custom_fields - array(select jsonb_array_elements_text(k.n::jsonb))
            """,
          from: """
            unnest(\(replaced.map(\.integration))::text[], \(replaced.map(\.lead))::uuid[],
              \(names)::text[], \(replaced.map(\.sourceAt))::bigint[]) as k (i, id, n, s)
            """,
          where: """
            r.source_at <= to_timestamp(k.s / 1000.0) or r.source_at > now() + interval '5 minutes'
            """,
          after: after
        )
      }
    ]
  }

  private static func text(_ members: [String: JSON]) -> String {
    JSON.object(JSON.Members(members.map { .init(key: $0.key, value: $0.value) })).text
  }
}
