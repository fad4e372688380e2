import BeltStorage
package import Postgres
import StrictJSON
package import Belt

/// Keeps bulk actions: their frozen membership, their state, and who works on which item.
package struct BulkActions: Sendable {
  /// What a runner is to do next.
  enum Turn: Sendable {
    case items([DeadLetter.Key])
    /// The pace allows no more yet, or another runner has the last ones in hand.
    case wait(Duration)
    /// It is not running, or not any more.
    case ended
  }

  let pool: PostgresPool
  /// After so long an item in hand is taken to be of a runner that died, in seconds.
  private let lease: Int

  /// The lease, in seconds, must be longer than a publish with its confirms may take.
  package init(pool: PostgresPool, lease: Int = 30) {
    self.pool = pool
    self.lease = lease
  }

  /// What a filter means now, for a look before anything is planned.
  package func shares(of filter: DeadLetterFilter) async throws -> [BulkAction.Share] {
    try await shares("\(DeadLetter.isOpen) and \(filter.condition)")
  }

  /// What an operation means, whatever has become of it.
  package func shares(of operation: Identifier) async throws -> [BulkAction.Share] {
    try await shares(
      """
      (dead_letter.integration_id, dead_letter.id) in
        (select integration_id, dead_letter_id from operation_item where operation_id = \(operation))
      """
    )
  }

  private func shares(_ condition: SQL) async throws -> [BulkAction.Share] {
    try await pool.run(
      """
      select integration_id, stage, code, count(*),
        to_char(min(last_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from dead_letter where \(condition)
      group by 1, 2, 3 order by count(*) desc, 1, 2, 3
      """
    ).map { row in
      BulkAction.Share(
        integration: try row.string(0),
        stage: try row.string(1),
        code: try row.string(2),
        count: try row.int(3),
        oldest: try row.string(4)
      )
    }
  }

  /// Freezes what a filter means now; nothing is done to it yet.
  ///
  /// Nil when it means nothing: no operation is made then.
  package func plan(
    _ kind: BulkAction.Kind,
    _ filter: DeadLetterFilter,
    reason: String? = nil,
    pace: Int,
    actor: String
  ) async throws -> BulkAction? {
    var generator = SystemRandomNumberGenerator()
    let id = Identifier.random(using: &generator)
    let isMade = try await pool.transaction { connection in
      let results = try connection.run([
        """
        insert into operation (id, kind, filter, reason, actor, pace)
        values (\(id), \(kind.rawValue), \(filter.json.text)::jsonb, \(reason), \(actor), \(pace))
        """,
        """
        insert into operation_item (operation_id, position, integration_id, dead_letter_id)
        select \(id), row_number() over (order by last_at, integration_id, id), integration_id, id
        from dead_letter where \(DeadLetter.isOpen) and \(filter.condition)
        """,
        Self.audit(id, "operation.planned", actor: actor),
      ])
      guard results[1].affected > 0 else {
        try connection.run([
          "delete from audit where detail ->> 'operation' = \("\(id)")",
          "delete from operation where id = \(id)",
        ])
        return false
      }
      return true
    }
    return isMade ? try await action(id) : nil
  }

  /// Newest first.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  package func list(after cursor: Cursor? = nil, size: Int = 100) async throws -> Page<BulkAction> {
    let rest = try Page<BulkAction>.rest(after: cursor, size: size) { last in
      "planned_at <= \(last.time) and (planned_at < \(last.time) or id > \(last.id))"
    }
    let found = try await rows("\(rest) order by planned_at desc, id limit \(size)").map { row in
      let action = try BulkAction(row)
      return (item: action, place: ListPlace(at: try row.int(12), id: action.id, integration: ""))
    }
    return Page(found, size: size)
  }

  /// - Throws: ``Refusal`` when there is none.
  package func required(_ id: Identifier) async throws -> BulkAction {
    guard let action = try await action(id) else {
      throw Refusal(
        .notFound,
        "operation_unknown",
        "there is no operation \(id)",
        remedy: "Run: esteira operations ls"
      )
    }
    return action
  }

  /// Nil when there is none.
  package func action(_ id: Identifier) async throws -> BulkAction? {
    try await rows("id = \(id)").first.map { try BulkAction($0) }
  }

  /// Moves it to a state if it is in one of some others; nil when it is not, or there is none.
  package func move(
    _ id: Identifier,
    to state: BulkAction.State,
    from states: [BulkAction.State],
    actor: String
  ) async throws -> BulkAction? {
    let isMoved = try await pool.transaction { connection in
      let moved = try connection.run(
        """
        update operation set state = \(state.rawValue),
          ended_at = case when \(state == .cancelled) then now() end
        where id = \(id) and state = any(\(states.map(\.rawValue))::text[])
        """
      )
      guard moved.affected > 0 else { return false }
      try connection.run(Self.audit(id, "operation.\(state.rawValue)", actor: actor))
      return true
    }
    return isMoved ? try await action(id) : nil
  }

  private func rows(_ condition: SQL) async throws -> Rows {
    try await pool.run(
      """
      select id, kind, state, filter, reason, actor, pace,
        to_char(planned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        n.total, n.done, n.skipped, \(ListPlace.at("planned_at"))
      from operation cross join lateral (select count(*) as total,
          count(*) filter (where i.state = 'done') as done,
          count(*) filter (where i.state = 'skipped') as skipped
        from operation_item i where i.operation_id = operation.id) as n
      where \(condition)
      """
    )
  }

  static func audit(_ id: Identifier, _ action: String, actor: String) -> SQL {
    """
    insert into audit (actor, action, detail)
    select \(actor), \(action), jsonb_build_object('operation', o.id, 'kind', o.kind,
      'filter', o.filter, 'reason', o.reason, 'items', (select count(*) from operation_item i
        where i.operation_id = o.id))
    from operation o where o.id = \(id)
    """
  }
}

// MARK: Working on it

extension BulkActions {
  /// Takes the next items for a runner, or says why there are none.
  ///
  /// The operation's row is locked for the time of this look, so its runners share one pace.
  func claim(_ id: Identifier, for runner: Identifier) async throws -> Turn {
    let lease = lease
    return try await pool.transaction { connection in
      let looked = try connection.run(
        """
        select state, pace, actor,
          (extract(epoch from next_at - clock_timestamp()) * 1000)::bigint
        from operation where id = \(id) for update
        """
      )
      guard let row = looked.first, try row.string(0) == BulkAction.State.running.rawValue else {
        return .ended
      }
      let wait = try row.int(3)
      guard wait <= 0 else { return .wait(.milliseconds(min(wait, 1_000))) }
      let pace = try row.int(1)
      let items = try connection.run(
        """
        update operation_item i
        set state = 'claimed', runner = \(runner), claimed_at = clock_timestamp()
        from (select position from operation_item where operation_id = \(id)
            and (state = 'waiting' or state = 'claimed'
              and claimed_at < clock_timestamp() - make_interval(secs => \(lease)::int))
          order by position limit \(min(64, max(1, pace / 4))) for update skip locked) as k
        where i.operation_id = \(id) and i.position = k.position
        returning i.integration_id, i.dead_letter_id
        """
      )
      if items.isEmpty {
        let others = try connection.run(
          "select from operation_item where operation_id = \(id) and state = 'claimed' limit 1"
        )
        guard others.isEmpty else { return .wait(.seconds(1)) }
        try connection.run([
          "update operation set state = 'done', ended_at = clock_timestamp() where id = \(id)",
          Self.audit(id, "operation.done", actor: try row.string(2)),
        ])
        return .ended
      }
      try connection.run(
        """
        update operation set next_at = clock_timestamp()
          + make_interval(secs => \(items.count)::float8 / pace) where id = \(id)
        """
      )
      return .items(try DeadLetters.keys(in: items))
    }
  }

  /// Writes down what became of a runner's items: done, or skipped when they were not open any more.
  ///
  /// Items that another runner has taken since are left to it.
  static func settling(
    _ items: [DeadLetter.Key],
    done: [DeadLetter.Key],
    of id: Identifier,
    by runner: Identifier
  ) -> SQL {
    let done = Set(done)
    return RowOrder.updating(
      "operation_item",
      set: "settled_at = now(), state = case when k.d then 'done' else 'skipped' end",
      from: """
        unnest(\(items.map(\.integration))::text[], \(items.map(\.id))::uuid[],
          \(items.map(done.contains))::boolean[]) as k (i, m, d)
        """,
      on: """
        r.operation_id = \(id) and r.integration_id = k.i and r.dead_letter_id = k.m
          and r.runner = \(runner)
        """,
      where: "r.state = 'claimed'",
      order: "r.position"
    )
  }

  /// Gives back what a runner has in hand.
  func release(_ id: Identifier, from runner: Identifier) async throws {
    try await pool.run(
      """
      update operation_item set state = 'waiting', runner = null, claimed_at = null
      where operation_id = \(id) and state = 'claimed' and runner = \(runner)
      """
    )
  }
}

extension BulkAction {
  fileprivate init(_ row: Row) throws {
    guard let kind = Kind(rawValue: try row.string(1)),
      let state = State(rawValue: try row.string(2))
    else { throw PostgresError.decoding(column: "state", expected: "a kind and a state") }
    self.init(
      id: try row.identifier(0),
      kind: kind,
      state: state,
      filter: try row.json(3),
      reason: try row.optionalString(4),
      actor: try row.string(5),
      pace: try row.int(6),
      plannedAt: try row.string(7),
      endedAt: try row.optionalString(8),
      counts: Counts(total: try row.int(9), done: try row.int(10), skipped: try row.int(11))
    )
  }
}
