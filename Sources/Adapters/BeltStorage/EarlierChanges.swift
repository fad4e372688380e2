import Leads
import Postgres
package import Belt

/// The changes of one opportunity are told to RD Station one after the other: a loss that is told again
/// after a lost answer must not come after the reopening, whose mark it would take away.
enum EarlierChanges {
  /// Which messages have to wait.
  ///
  /// Another one's effect about the same opportunity is neither done nor given up; one of more than 7
  /// days ago is not waited for.
  static func reading(_ requests: [RDUpdateStore.Request]) -> SQL {
    """
    select k.m
    from unnest(\(requests.map(\.message.integration))::text[],
      \(requests.map(\.message.id))::uuid[], \(requests.map(\.subject))::uuid[]) as k (i, m, o)
    where exists (
      select from effect e
      where e.integration_id = k.i and e.subject_id = k.o and e.kind = 'rd.events' and e.id <> k.m
        and e.sent_at > now() - interval '7 days'
        and not exists (select from receipt r where r.integration_id = k.i
          and r.message_id = e.id offset 0)
        and not exists (select from dead_letter d where d.integration_id = k.i
          and d.id = e.id and d.state in ('open', 'discarded') offset 0)
      offset 0)
    """
  }

  static func waiting(in rows: Rows) throws -> Set<Identifier> {
    Set(try rows.map { try $0.identifier(0) })
  }
}

extension Reason {
  /// The message of a change whose turn has not come.
  package static let earlierChangeFirst = Reason(
    "earlier_change_first",
    "RD Station is still being told of an earlier change of this opportunity."
  )
}
