package import Leads
package import Postgres
package import Belt

/// Leads that wait until the settings change.
package enum Holds {
  /// A lead that a stage puts to wait.
  package struct Hold: Sendable {
    package let message: Message
    package let event: Identifier
    package let reason: Reason
    package let configVersion: Int

    package init(message: Message, event: Identifier, reason: Reason, configVersion: Int) {
      self.message = message
      self.event = event
      self.reason = reason
      self.configVersion = configVersion
    }
  }

  /// One that waits already waits on, with the newer reason.
  package static func keeping(_ holds: [Hold]) -> [SQL] {
    guard !holds.isEmpty else { return [] }
    return [
      """
      insert into held
        (integration_id, event_id, journey_id, message, code, sentence, config_version)
      select i, e, j, m::jsonb, c, s, v
      from unnest(\(holds.map(\.message.integration))::text[], \(holds.map(\.event))::uuid[],
        \(holds.map(\.message.journey))::uuid[], \(holds.map { MessageJSON.text(of: $0.message) })::text[],
        \(holds.map(\.reason.code))::text[], \(holds.map(\.reason.sentence))::text[],
        \(holds.map(\.configVersion))::int[]) as k (i, e, j, m, c, s, v)
      order by i, e
      on conflict (integration_id, event_id) do update set message = excluded.message,
        code = excluded.code, sentence = excluded.sentence,
        config_version = excluded.config_version
      """
    ]
  }

  /// Those that were decided now.
  package static func ending(_ events: [IntegrationKey]) -> [SQL] {
    guard !events.isEmpty else { return [] }
    return [
      """
      delete from held h using unnest(\(events.map(\.integration))::text[],
        \(events.map(\.id))::uuid[]) as k (i, e)
      where h.integration_id = k.i and h.event_id = k.e
      """
    ]
  }
}
