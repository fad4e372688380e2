/// One session with the server: its wire, its prepared statements, its settings.
///
/// Knows how to send statements and what a failure means for the session; where a transaction
/// stands is the connection's business. Belongs to the connection's thread.
final class Session {
  /// How the statements of one pipeline lie in their transaction.
  enum Framing {
    /// They are a transaction by themselves, which the server makes without begin and commit.
    case whole
    /// They are its first part.
    case begin
    case within
    /// They are its last part.
    case commit
  }

  struct Failure: Error {
    var cause: PostgresError
    /// The server no longer had, or could no longer use, a statement that was prepared before.
    ///
    /// It has been forgotten, so the same statements can be sent again once what they were part of
    /// is rolled back.
    var isStale = false
  }

  private let options: PostgresOptions
  private var wire: Wire?
  private var cache = StatementCache(capacity: 256)
  private var isConfigured = false

  /// Connects within the connect time-out.
  ///
  /// Resolving a host name may take longer than that: the system's resolver has no deadline.
  init(_ options: PostgresOptions, notices: NoticeLog) throws(PostgresError) {
    self.options = options
    let deadline = ContinuousClock.now + options.connectTimeout
    let wire = try Wire(ConnectionString(options), notices: notices, by: deadline)
    self.wire = wire
    guard wire.enterPipeline() else { throw .connect("pipeline mode was refused") }
    do {
      try configureIfNeeded()
    } catch {
      throw .connect("the session could not be set up: \(error)")
    }
  }

  var isOpen: Bool { wire?.isOpen ?? false }
  var isOutsideTransaction: Bool { wire?.isOutsideTransaction ?? true }
  var backendProcess: Int32? { wire?.backendProcess }

  /// Whether the session still stands, as far as can be told without asking the server.
  func isQuiet() -> Bool { wire?.isQuiet() ?? false }

  /// Nothing that may still arrive can be taken for an answer.
  func close() { wire = nil }

  /// Sends the statements in one round trip.
  ///
  /// - Returns: One result per statement.
  func run(_ statements: [SQL], _ framing: Framing) throws(Failure) -> [Rows] {
    if let flaw = Self.flaw(in: statements) { throw Failure(cause: flaw) }
    do throws(PostgresError) {
      if framing == .whole || framing == .begin { try configureIfNeeded() }
    } catch {
      throw Failure(cause: error)
    }
    guard let wire, wire.isOpen else { throw lost(.connectionLost(commitUnknown: false)) }
    var exchange = Exchange(wire, expecting: statements.count)
    do throws(WireFailure) {
      try send(statements, framing, over: &exchange)
      try exchange.receive(by: .now + options.responseTimeout)
    } catch {
      // The commit may have been answered before the wire broke.
      if exchange.isCommitted {
        close()
        return exchange.rows
      }
      throw lost(cause(of: error, exchange, framing))
    }
    return try conclude(exchange, framing)
  }

  /// Runs a text by the simple protocol, which pipeline mode does not have.
  func script(_ text: String) throws(PostgresError) {
    if text.utf8.contains(0) { throw .encoding(parameter: 0, reason: "holds a zero byte") }
    if isOutsideTransaction { try configureIfNeeded() }
    try simple(text)
  }

  /// Ends whatever transaction there is; a session that keeps one is closed.
  func rollBack() {
    do throws(PostgresError) {
      try simple("rollback")
      if !isOutsideTransaction { close() }
    } catch {
      close()
    }
  }

  private func configureIfNeeded() throws(PostgresError) {
    guard !isConfigured else { return }
    isConfigured = true
    if options.preparedStatements { try simple(options.sessionSettings) }
  }

  private func simple(_ text: String) throws(PostgresError) {
    guard let wire, wire.isOpen, wire.exitPipeline() else {
      throw lost(.connectionLost(commitUnknown: false)).cause
    }
    let deadline = ContinuousClock.now + options.responseTimeout
    let isImplicit = wire.isOutsideTransaction
    var failure: ServerError?
    do throws(WireFailure) {
      try wire.sendScript(text)
      try wire.flush(by: deadline)
      while let answer = try wire.nextAnswer(by: deadline) {
        if case .failure(let error) = answer, failure == nil { failure = error }
      }
    } catch {
      throw lost(error == .timedOut ? .timedOut : .connectionLost(commitUnknown: isImplicit)).cause
    }
    guard wire.enterPipeline() else { throw lost(.connectionLost(commitUnknown: false)).cause }
    if let failure { throw .server(failure) }
  }

  private func lost(_ cause: PostgresError) -> Failure {
    close()
    return Failure(cause: cause)
  }

  private static func flaw(in statements: [SQL]) -> PostgresError? {
    for statement in statements {
      if let flaw = statement.parameters.flaw {
        return .encoding(parameter: flaw.parameter, reason: flaw.reason)
      }
      if statement.parameters.slots.count > ParameterWriter.countMax {
        return .encoding(
          parameter: ParameterWriter.countMax,
          reason: "is not the last, as it must be"
        )
      }
      if statement.hasZeroByte {
        return .encoding(parameter: 0, reason: "holds a zero byte")
      }
    }
    return nil
  }
}

// MARK: Sending

extension Session {
  private static let begin: SQL = "begin"
  private static let commit: SQL = "commit"

  private func send(
    _ statements: [SQL],
    _ framing: Framing,
    over exchange: inout Exchange
  ) throws(WireFailure) {
    // In a transaction that has failed nothing but its end would be heard.
    for name in cache.abandoned where framing == .begin || framing == .whole {
      try exchange.send(.deallocate(name: name)) { wire throws(WireFailure) in
        try wire.sendUnprepared("deallocate \(name)", ParameterWriter())
      }
    }
    if framing == .begin { try send(Self.begin, .control, over: &exchange) }
    if !options.preparedStatements, framing == .begin || framing == .whole {
      try send(options.localSettings, .control, over: &exchange)
    }
    for statement in statements { try send(statement, .statement, over: &exchange) }
    if framing == .commit { try send(Self.commit, .commit, over: &exchange) }
  }

  private func send(
    _ statement: SQL,
    _ purpose: Exchange.Purpose,
    over exchange: inout Exchange
  ) throws(WireFailure) {
    let text = statement.text
    guard options.preparedStatements else {
      return try exchange.send(.execute(text: text, reused: false, purpose)) {
        wire throws(WireFailure) in
        try wire.sendUnprepared(text, statement.parameters)
      }
    }
    let known = cache.name(of: text)
    let name = known ?? cache.insert(text)
    if known == nil {
      try exchange.send(.prepare(text: text, name: name)) { wire throws(WireFailure) in
        try wire.sendPrepare(text, as: name)
      }
    }
    try exchange.send(.execute(text: text, reused: known != nil, purpose)) {
      wire throws(WireFailure) in
      try wire.sendPrepared(name, statement.parameters)
    }
  }
}

// MARK: Concluding

extension Session {
  private func conclude(_ exchange: Exchange, _ framing: Framing) throws(Failure) -> [Rows] {
    for (index, step) in exchange.steps.enumerated() {
      let isDone = index < exchange.completed
      switch step {
      case .prepare(let text, let name) where !isDone: cache.remove(text, named: name)
      case .deallocate(let name) where isDone: cache.deallocated(name)
      default: break
      }
    }
    if let error = exchange.failure {
      let isStale = forgetStale(exchange, error)
      // An old primary: everything on this session will fail from now on.
      if error.state == .readOnlyTransaction { close() }
      throw Failure(cause: .server(error), isStale: isStale)
    }
    if framing == .commit, !exchange.isCommitted {
      // The server rolled back without an error; unreachable, since we commit nothing failed.
      throw lost(.connectionLost(commitUnknown: false))
    }
    return exchange.rows
  }

  /// Forgets what the server has forgotten, and whether sending again can help.
  private func forgetStale(_ exchange: Exchange, _ error: ServerError) -> Bool {
    guard exchange.completed < exchange.steps.count else { return false }
    switch (exchange.steps[exchange.completed], error.state) {
    case (.execute(_, reused: true, _), .invalidStatementName),
      (.deallocate, .invalidStatementName):
      // DISCARD ALL, or another session behind a pooler; the settings went with the statements.
      cache.removeAll()
      isConfigured = false
      return true
    case (.execute(let text, reused: true, _), .featureNotSupported):
      // The columns of its result have changed.
      cache.abandon(text)
      return true
    default: return false
    }
  }

  private func cause(
    of failure: WireFailure,
    _ exchange: Exchange,
    _ framing: Framing
  ) -> PostgresError {
    // The server gave its verdict before the wire broke.
    if let error = exchange.failure { return .server(error) }
    if failure == .timedOut { return .timedOut }
    let mayCommit = exchange.isSealed && (framing == .commit || framing == .whole)
    return .connectionLost(commitUnknown: mayCommit)
  }
}
