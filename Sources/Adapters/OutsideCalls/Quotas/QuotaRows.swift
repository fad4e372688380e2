import Postgres

/// The shared token bucket of one API and integration, in one row.
enum QuotaRows {
  /// Takes up to `wanted` tokens after giving back `returned`.
  ///
  /// The answer: how many it got, and how many milliseconds until there is one.
  static func taking(
    _ wanted: Int,
    returning returned: Int,
    of key: PressureKey,
    _ bucket: QuotaBucket
  ) -> SQL {
    """
    insert into quota as q (integration_id, api, tokens, granted, counted_at)
    values (
      \(key.integration), \(key.api),
      \(bucket.burst)::float8 - least(\(wanted)::int, floor(\(bucket.burst)::float8)),
      least(\(wanted)::int, floor(\(bucket.burst)::float8)), clock_timestamp()
    )
    on conflict (integration_id, api) do update set (tokens, granted, counted_at) = (
      select saved - taken, taken, at
      from (select clock_timestamp() as at) as now,
        lateral (
          select least(
            \(bucket.burst)::float8,
            q.tokens + \(returned)::int
              + \(bucket.perSecond)::float8 * greatest(0, extract(epoch from at - q.counted_at))
          ) as saved
        ) as bucket,
        lateral (
          select case when q.closed_until > at then 0
            else greatest(0, least(\(wanted)::int, floor(saved))) end as taken
        ) as take
    )
    returning granted, ceil(1000 * greatest(
      (1 - tokens) / \(bucket.perSecond)::float8,
      coalesce(extract(epoch from closed_until - clock_timestamp()), 0),
      0
    ))::int8 as wait
    """
  }

  /// Closes the window for everybody; one that is closed for longer stays so.
  static func closing(_ key: PressureKey, milliseconds: Int) -> SQL {
    """
    insert into quota as q (integration_id, api, tokens, closed_until)
    values (
      \(key.integration), \(key.api), 0,
      clock_timestamp() + make_interval(secs => \(milliseconds)::float8 / 1000)
    )
    on conflict (integration_id, api) do update
    set tokens = 0, closed_until = greatest(q.closed_until, excluded.closed_until)
    """
  }
}

/// What a quota and a breaker are kept for.
struct PressureKey: Sendable, Hashable {
  let integration: String
  let api: String
}
