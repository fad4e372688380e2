import Postgres

/// The shared circuit breaker of one API and integration, in one row.
///
/// Closed, it opens when five calls of a window of 30 s failed and they are half of the calls counted
/// in it. Open, it lets one probe a second through, whichever worker makes it; three probes in a row
/// that are answered close it, one that fails begins anew.
enum BreakerRows {
  /// Takes the next probe of a breaker that is not closed; a row where the caller may make it.
  static func probing(_ key: PressureKey) -> SQL {
    """
    update breaker set probe_at = clock_timestamp()
    where integration_id = \(key.integration) and api = \(key.api) and state <> 'closed'
      and probe_at <= clock_timestamp() - interval '1 second'
    returning 1
    """
  }

  /// Counts answered calls while the breaker is closed and something failed lately.
  static func answered(_ calls: Int, _ key: PressureKey) -> SQL {
    """
    update breaker set calls = calls + \(calls)::int
    where integration_id = \(key.integration) and api = \(key.api) and state = 'closed'
      and window_at > clock_timestamp() - interval '30 seconds' and \(calls)::int > 0
    """
  }

  /// Counts a failure, after `calls` answered ones that nobody has counted yet.
  static func failed(_ key: PressureKey, after calls: Int) -> SQL {
    """
    insert into breaker as b (integration_id, api, state, window_at, calls, failures)
    values (\(key.integration), \(key.api), 'closed', clock_timestamp(), \(calls)::int + 1, 1)
    on conflict (integration_id, api) do update
    set (state, window_at, calls, failures, successes, opened_at, probe_at) = (
      select
        case when opens then 'open' else 'closed' end,
        case when is_old then at else b.window_at end,
        called, fallen, 0,
        case when opens and b.state = 'closed' then at else b.opened_at end,
        case when opens and b.state = 'closed' then at else b.probe_at end
      from (
        select clock_timestamp() as at,
          b.window_at < clock_timestamp() - interval '30 seconds' as is_old
      ) as window_of,
        lateral (
          select case when is_old then 0 else b.calls end + \(calls)::int + 1 as called,
            case when is_old then 0 else b.failures end + 1 as fallen
        ) as counts,
        lateral (
          select b.state <> 'closed' or (fallen >= 5 and fallen * 2 >= called) as opens
        ) as verdict
    )
    """
  }

  /// A probe was answered.
  static func probed(_ key: PressureKey) -> SQL {
    """
    update breaker
    set successes = successes + 1,
      state = case when successes + 1 >= 3 then 'closed' else 'half_open' end,
      calls = 0, failures = 0, window_at = clock_timestamp()
    where integration_id = \(key.integration) and api = \(key.api) and state <> 'closed'
    """
  }
}
