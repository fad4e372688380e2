import BeltStorage
import Leads
import Postgres
import Belt
import Operations

/// What the database holds of one lead of the bench, by its own clock.
struct LeadFate: Sendable, Hashable {
  /// The message that ingress made of its body.
  let message: Identifier
  /// accepted, ignored, duplicate or invalid.
  let state: String
  /// Milliseconds since 1970.
  let arrivedAt: Double
  /// How many of the last stages have handled it.
  let ends: Int
  /// When the last receipt was written, just before its commit; milliseconds since 1970.
  let handledAt: Double?
  let isDead: Bool

  /// The stages after which nothing follows.
  static let lastStages = Flow.afterOpportunity

  /// It went through all stages.
  var isDone: Bool { state == "accepted" && !isDead && ends >= Self.lastStages.count }

  /// Nothing further will happen to it by itself.
  var hasEnded: Bool { isDone || isDead || state != "accepted" }

  /// The leads of an integration that arrived since a moment of the database's clock, which
  /// `Fleet.now` tells.
  static func all(of integration: String, since: String, in pool: PostgresPool) async throws
    -> [LeadFate]
  {
    try await pool.run(
      """
      select a.message_id, a.state, (extract(epoch from a.arrived_at) * 1000)::float8,
        coalesce(r.ends, 0), (extract(epoch from r.handled_at) * 1000)::float8,
        d.journey_id is not null
      from arrival a
      left join (
        select journey_id, max(handled_at) as handled_at,
          count(*) filter (where stage = any(\(lastStages.map(\.stage))::text[])) as ends
        from receipt
        where integration_id = \(integration) and handled_at >= \(since)::timestamptz
        group by journey_id
      ) r using (journey_id)
      left join (
        select distinct journey_id from dead_letter
        where integration_id = \(integration) and state = 'open'
      ) d using (journey_id)
      where a.integration_id = \(integration)
        and a.arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      """
    ).map { row in
      LeadFate(
        message: try row.identifier(0),
        state: try row.string(1),
        arrivedAt: try row.double(2),
        ends: try row.int(3),
        handledAt: try row.optionalDouble(4),
        isDead: try row.bool(5)
      )
    }
  }
}

/// What became of the leads that ingress accepted in one phase.
struct LeadFates: Sendable, Hashable {
  /// Through all stages.
  var done = 0
  var dead = 0
  /// Kept out by a rule, or as repeats.
  var keptOut = 0
  /// Accepted by ingress, and without an end.
  var lost = 0
  /// From the first arrival to the last receipt, in seconds.
  var seconds = 0.0
  /// From the request to the last receipt of each that is done, in milliseconds.
  var latencies = Percentiles([])

  init() {}

  init(of accepted: [HookLoad.Accepted], in fates: [LeadFate]) {
    let found = Dictionary(fates.map { ($0.message, $0) }) { first, _ in first }
    var latencies: [Double] = []
    for one in accepted {
      guard let fate = found[one.message], fate.hasEnded else {
        lost += 1
        continue
      }
      if fate.isDead {
        dead += 1
      } else if !fate.isDone {
        keptOut += 1
      } else {
        done += 1
        if let handledAt = fate.handledAt { latencies.append(handledAt - one.sentAt) }
      }
    }
    let first = fates.map(\.arrivedAt).min() ?? 0
    let last = fates.filter(\.isDone).compactMap(\.handledAt).max() ?? first
    seconds = (last - first) / 1000
    self.latencies = Percentiles(latencies)
  }

  var leadsPerSecond: Double { seconds > 0 ? Double(done) / seconds : 0 }
}
