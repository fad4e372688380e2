private import CPostgres
private import Metrics

/// One pipeline: what was sent, and what the server made of it.
///
/// The caller sends, then calls ``receive(by:)`` once. It only reports; the session draws the
/// conclusions for its cache, the connection those for its transaction.
struct Exchange {
  /// Something sent that is answered by one result.
  enum Step {
    case deallocate(name: String)
    case prepare(text: String, name: String)
    /// `reused` when the server had prepared it in an earlier pipeline.
    case execute(text: String, reused: Bool, Purpose)
  }

  enum Purpose {
    /// A statement of the caller, whose rows are wanted.
    case statement
    /// `begin` and the settings: only a failure is of interest.
    case control
    case commit
  }

  private static let roundTrips = Counter(label: "database_round_trips_total")

  private let wire: Wire
  private(set) var steps: [Step] = []
  /// One for each statement, as long as nothing failed.
  private(set) var rows: [Rows] = []
  /// How many steps the server completed; always the first ones.
  private(set) var completed = 0
  private(set) var failure: ServerError?
  /// Whether an explicit commit was answered as such.
  private(set) var isCommitted = false
  /// Whether the server was told that the pipeline is complete.
  private(set) var isSealed = false

  init(_ wire: Wire, expecting count: Int) {
    self.wire = wire
    steps.reserveCapacity(2 * count + 2)
    rows.reserveCapacity(count)
  }

  mutating func send(
    _ step: Step,
    _ send: (Wire) throws(WireFailure) -> Void
  ) throws(WireFailure) {
    try send(wire)
    steps.append(step)
  }

  /// Ends the pipeline and reads all its answers.
  ///
  /// - Throws: When the wire broke or the deadline passed; what was received until then stays
  ///   readable here.
  mutating func receive(by deadline: ContinuousClock.Instant) throws(WireFailure) {
    isSealed = true
    Self.roundTrips.increment()
    try wire.sendSync()
    try wire.flush(by: deadline)
    for step in steps {
      guard let result = try wire.next(by: deadline) else { throw .lost }
      try take(result, for: step)
      guard try wire.next(by: deadline) == nil else { throw .lost }
    }
    try receiveSync(by: deadline)
  }

  private mutating func take(_ result: OpaquePointer, for step: Step) throws(WireFailure) {
    let rows = Rows(owning: result)
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
      completed += 1
      switch step {
      case .execute(_, _, .statement): self.rows.append(rows)
      // The commit of a failed transaction is answered by a friendly ROLLBACK.
      case .execute(_, _, .commit): isCommitted = rows.tag == "COMMIT"
      default: break
      }
    case PGRES_FATAL_ERROR: try note(ServerError(result))
    case PGRES_PIPELINE_ABORTED: break
    // COPY and the like have no place in a pipeline.
    default: throw .lost
    }
    withExtendedLifetime(rows) {}
  }

  private mutating func receiveSync(by deadline: ContinuousClock.Instant) throws(WireFailure) {
    while true {
      guard let result = try wire.next(by: deadline) else {
        // What ends the results of a failure; without a failure there is nothing to end.
        guard failure != nil else { throw .lost }
        continue
      }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC: return
      // The implicit transaction ends here, and a deferred constraint can fail it.
      case PGRES_FATAL_ERROR: try note(ServerError(result))
      default: throw .lost
      }
    }
  }

  private mutating func note(_ error: ServerError?) throws(WireFailure) {
    guard let error, !error.state.isConnectionLoss else { throw .lost }
    if failure == nil { failure = error }
  }
}

extension ServerError {
  /// The error of a failed result; nil when it came from libpq itself, for want of a connection.
  init?(_ result: OpaquePointer) {
    guard let state = esteira_pq_sqlstate(result) else { return nil }
    func field(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }
    self.init(
      state: SQLState(rawValue: String(cString: state)),
      message: field(esteira_pq_message(result)) ?? "",
      detail: field(esteira_pq_detail(result)),
      constraint: field(esteira_pq_constraint(result)),
      table: field(esteira_pq_table(result))
    )
  }
}
