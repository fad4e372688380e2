package import Postgres
package import StrictJSON
package import Belt

/// Intents to the outside: written before a call, decided after it, so that a crash or a time-out in
/// between leaves a state and never a blind retry.
package enum Effects {
  package enum State: String, Sendable {
    /// The call was about to be made; without a later state its outcome is unknown.
    case sent
    case confirmed
    case unknown
    /// A person has to decide.
    case parked
    /// It certainly did not happen.
    case failed
  }

  /// How long a worker that has taken a call in hand may wait before it makes it: the others leave the
  /// call alone for as long, by the database's clock, and then look for its outcome.
  package static let lease = Duration.seconds(10)

  package struct Intent: Sendable {
    package let message: Message
    package let kind: String
    package let subject: Identifier
    package let plan: JSON
    /// One more than that of the attempt before.
    package let generation: Int

    package init(
      message: Message,
      kind: String,
      subject: Identifier,
      plan: JSON,
      generation: Int = 1
    ) {
      self.message = message
      self.kind = kind
      self.subject = subject
      self.plan = plan
      self.generation = generation
    }
  }

  package struct Result: Sendable {
    package let message: Message
    package let state: State
    package let reason: String?
    /// That under which the call was taken in hand; nil where a second call does no harm.
    package let generation: Int?
    /// How often its outcome was looked for by now; nil when it was not looked for this time.
    package let reads: Int?

    package init(
      message: Message,
      state: State,
      reason: String? = nil,
      generation: Int? = nil,
      reads: Int? = nil
    ) {
      self.message = message
      self.state = state
      self.reason = reason
      self.generation = generation
      self.reads = reads
    }
  }

  /// An intent of an earlier attempt.
  package struct Found: Sendable {
    package let state: State
    package let plan: JSON
    package let subject: Identifier
    /// Since the call was last taken in hand to be made, by the database's clock, in milliseconds.
    package let age: Int
    /// How often its outcome was looked for since then.
    package let reads: Int
    package let generation: Int

    /// Whether the call may have been made; not while only what has to be there before it was.
    var isBegun: Bool { plan["begun"]?.bool != false }

    /// Whether the worker that took it in hand may still be about to make the call.
    package var isInHand: Bool { state == .sent && .milliseconds(age) < Effects.lease }
  }

  /// Writes intents; one that failed for certain is sent anew, as if it had not begun before.
  package static func sending(_ intents: [Intent]) -> SQL {
    """
    insert into effect
      (integration_id, id, journey_id, kind, subject_id, state, plan, generation)
    select i, e, j, k, s, 'sent', p::jsonb, g
    from unnest(\(intents.map(\.message.integration))::text[], \(intents.map(\.message.id))::uuid[],
      \(intents.map(\.message.journey))::uuid[], \(intents.map(\.kind))::text[],
      \(intents.map(\.subject))::uuid[], \(intents.map(\.plan.text))::text[],
      \(intents.map(\.generation))::int[])
      as u (i, e, j, k, s, p, g)
    order by i, e
    on conflict (integration_id, id) do update
      set state = 'sent', plan = excluded.plan, begun_at = now(), sent_at = now(), settled_at = null, reason = null,
        reads = 0, generation = excluded.generation, echo_event = null, echo_at = null
    """
  }

  /// Takes over what an earlier attempt began and did not end: from now on its results are refused.
  package static func takingOver(_ effects: [(message: Message, generation: Int)]) -> [SQL] {
    guard !effects.isEmpty else { return [] }
    return [
      RowOrder.updating(
        "effect",
        set: "generation = k.g",
        from: """
          unnest(\(effects.map(\.message.integration))::text[],
            \(effects.map(\.message.id))::uuid[], \(effects.map(\.generation))::int[])
            as k (i, id, g)
          """
      )
    ]
  }

  /// Takes calls in hand for another lease, right before they are made again or late.
  ///
  /// `beginning`: from now on they may have been made, and what was made before them is kept with that.
  ///
  /// - Returns: Those that nobody has taken over meanwhile; the others must not be made.
  /// - Throws: What PostgreSQL answered; none of the calls may be made then.
  package static func renew(
    _ held: [(message: Message, generation: Int)],
    beginning kept: [Write]? = nil,
    in pool: PostgresPool
  ) async throws -> Set<Identifier> {
    let begun: SQL = kept == nil ? "e.plan" : "e.plan || '{\"begun\": true}'"
    let results = try await pool.run(
      (kept ?? []).statements + [
        """
        with held as materialized (
          select e.integration_id, e.id
          from unnest(\(held.map(\.message.integration))::text[],
            \(held.map(\.message.id))::uuid[], \(held.map(\.generation))::int[]) as k (i, e, g)
          join effect e on e.integration_id = k.i and e.id = k.e and e.generation = k.g
          order by e.integration_id, e.id for update of e
        )
        update effect e
        set state = 'sent', sent_at = now(), settled_at = null, reason = null, reads = 0,
          plan = \(begun)
        from held where e.integration_id = held.integration_id and e.id = held.id
        returning e.id
        """
      ]
    )
    return Set(try results[results.count - 1].map { try $0.identifier("id") })
  }

  /// Writes results; the whole transaction is refused when another worker has taken over one of them.
  package static func settling(_ results: [Result]) -> [SQL] {
    guard !results.isEmpty else { return [] }
    return [
      """
      with held as materialized (
        select e.integration_id, e.id, k.s, k.r, k.l, e.generation = k.g as is_ours
        from unnest(\(results.map(\.message.integration))::text[],
          \(results.map(\.message.id))::uuid[], \(results.map(\.state.rawValue))::text[],
          \(results.map(\.reason))::text[], \(results.map(\.reads))::int[],
          \(results.map(\.generation))::int[]) as k (i, e, s, r, l, g)
        join effect e on e.integration_id = k.i and e.id = k.e
        order by e.integration_id, e.id for update of e
      ), fence as materialized (
        -- Where a second call does no harm nobody is asked whose it is.
        select refuse_former_holder(coalesce(bool_and(is_ours), true)) from held
      )
      update effect e set state = held.s, reason = held.r, settled_at = now(),
        reads = coalesce(held.l, e.reads)
      from fence cross join held
      where e.integration_id = held.integration_id and e.id = held.id
      """
    ]
  }

  /// Reads the intents of earlier attempts, and locks them: until the end of the transaction nobody
  /// renews or settles what is about to be taken over.
  package static func load(_ messages: [Message]) -> Load<[Identifier: Found]> {
    Load(
      """
      select e.id, e.state, e.plan, e.subject_id, e.reads, e.generation,
        (extract(epoch from now() - e.sent_at) * 1000)::bigint as age
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[]) as k (i, m)
      join effect e on e.integration_id = k.i and e.id = k.m
      order by e.integration_id, e.id for update of e
      """
    ) { rows in
      var found: [Identifier: Found] = [:]
      for row in rows {
        guard let state = State(rawValue: try row.string("state")) else { continue }
        found[try row.identifier("id")] = Found(
          state: state,
          plan: try row.json("plan"),
          subject: try row.identifier("subject_id"),
          age: try row.int("age"),
          reads: try row.int("reads"),
          generation: try row.int("generation")
        )
      }
      return found
    }
  }
}
