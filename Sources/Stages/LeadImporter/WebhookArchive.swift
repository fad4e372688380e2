import BeltStorage
import Postgres
import Belt

/// The raw bodies, for a replay.
enum WebhookArchive {
  /// Bodies from this size on travel by themselves, in binary: in an array each byte is two, several
  /// times over.
  private static let largeBytes = 16_384

  static func writing(_ messages: [Message]) -> [Write] {
    let small = messages.filter { $0.body.count < largeBytes }
    let large = messages.filter { $0.body.count >= largeBytes }.map(one)
    return (large + (small.isEmpty ? [] : [many(small)])).map(Write.own)
  }

  private static func many(_ messages: [Message]) -> SQL {
    """
    insert into webhook_archive (integration_id, message_id, received_at, body_sha256, body)
    select i, m, to_timestamp(at / 1000.0), sha256(b), b
    from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
      \(messages.map(\.arrivedAt))::bigint[], \(messages.map(\.body))::bytea[]) as k (i, m, at, b)
    order by i, m
    on conflict do nothing
    """
  }

  private static func one(_ message: Message) -> SQL {
    """
    insert into webhook_archive (integration_id, message_id, received_at, body_sha256, body)
    select i, m, to_timestamp(at / 1000.0), sha256(b), b
    from (select \(message.integration)::text as i, \(message.id)::uuid as m,
      \(message.arrivedAt)::bigint as at, \(message.body)::bytea as b) as k
    on conflict do nothing
    """
  }
}
