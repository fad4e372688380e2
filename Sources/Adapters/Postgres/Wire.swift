private import CPostgres
private import Glibc

/// Why a conversation with the server ended.
enum WireFailure: Error {
  case lost, timedOut
}

/// One libpq connection in non-blocking pipeline mode, and the waiting for it.
///
/// Belongs to one thread, on which it must also be released: libpq's handle is not thread-safe.
/// Every wait has a deadline, after which the wire must be dropped, because the answer to the
/// question may still come.
final class Wire {
  private let handle: OpaquePointer
  private let notices: NoticeLog

  /// Opens a session.
  init(
    _ string: ConnectionString,
    notices: NoticeLog,
    by deadline: ContinuousClock.Instant
  ) throws(PostgresError) {
    let started = string.withParameters { PQconnectStartParams($0, $1, 0) }
    guard let started else { throw .connect("out of memory") }
    handle = started
    self.notices = notices
    notices.attach(to: handle)
    try connect(by: deadline)
    PQsetnonblocking(handle, 1)
  }

  deinit { PQfinish(handle) }

  var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

  /// Whether the server sees no transaction of ours, as of its last answer.
  var isOutsideTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

  var backendProcess: Int32 { PQbackendPID(handle) }

  /// Whether the session still stands, as far as can be told without asking the server.
  ///
  /// Reads what came unasked: notices, and the farewell of a server that is going down.
  func isQuiet() -> Bool {
    while isOpen {
      var watched = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
      if poll(&watched, 1, 0) == 0 { return true }
      guard PQconsumeInput(handle) == 1 else { return false }
      // Hands notices to their receiver; there is no result to wait for.
      _ = PQisBusy(handle)
      if notices.hasFarewell { return false }
    }
    return false
  }

  func enterPipeline() -> Bool { PQenterPipelineMode(handle) == 1 }

  func exitPipeline() -> Bool { PQexitPipelineMode(handle) == 1 }

  func sendScript(_ text: String) throws(WireFailure) {
    try check(PQsendQuery(handle, text))
  }

  func sendPrepare(_ text: String, as name: String) throws(WireFailure) {
    try check(PQsendPrepare(handle, name, text, 0, nil))
  }

  func sendPrepared(_ name: String, _ parameters: ParameterWriter) throws(WireFailure) {
    try check(
      parameters.withArguments { count, values, lengths, formats in
        PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0)
      }
    )
  }

  func sendUnprepared(_ text: String, _ parameters: ParameterWriter) throws(WireFailure) {
    try check(
      parameters.withArguments { count, values, lengths, formats in
        PQsendQueryParams(handle, text, count, nil, values, lengths, formats, 0)
      }
    )
  }

  func sendSync() throws(WireFailure) {
    try check(PQpipelineSync(handle))
  }

  /// Writes all that was sent, reading meanwhile, or both sides could wait for each other for ever.
  func flush(by deadline: ContinuousClock.Instant) throws(WireFailure) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        let ready = try wait(for: POLLIN | POLLOUT, by: deadline)
        if ready & POLLIN != 0 { try check(PQconsumeInput(handle)) }
      default: throw .lost
      }
    }
  }

  /// The next result, to be cleared by the caller; nil ends the results of one statement.
  func next(by deadline: ContinuousClock.Instant) throws(WireFailure) -> OpaquePointer? {
    while PQisBusy(handle) == 1 {
      _ = try wait(for: POLLIN, by: deadline)
      try check(PQconsumeInput(handle))
    }
    return PQgetResult(handle)
  }

  /// What a statement of a script was answered.
  enum Answer {
    case success
    case failure(ServerError)
  }

  /// The next answer to a script; nil when there are no more.
  func nextAnswer(by deadline: ContinuousClock.Instant) throws(WireFailure) -> Answer? {
    guard let result = try next(by: deadline) else { return nil }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return .success
    case PGRES_FATAL_ERROR:
      guard let error = ServerError(result), !error.state.isConnectionLoss else { throw .lost }
      return .failure(error)
    // COPY would have to be fed.
    default: throw .lost
    }
  }

  private func check(_ code: Int32) throws(WireFailure) {
    guard code == 1 else { throw .lost }
  }

  private func connect(by deadline: ContinuousClock.Instant) throws(PostgresError) {
    // libpq says: before the first call, behave as if it had asked for writing.
    var wanted = PGRES_POLLING_WRITING
    while true {
      do throws(WireFailure) {
        switch wanted {
        case PGRES_POLLING_OK: return
        case PGRES_POLLING_FAILED: throw .lost
        case PGRES_POLLING_READING: _ = try wait(for: POLLIN, by: deadline)
        default: _ = try wait(for: POLLOUT, by: deadline)
        }
      } catch .timedOut {
        throw .connect("no session within the time allowed")
      } catch {
        throw .connect(connectMessage)
      }
      wanted = PQconnectPoll(handle)
    }
  }

  private var connectMessage: String {
    guard let message = PQerrorMessage(handle) else { return "unknown reason" }
    // What begins with a tab is a question to the administrator, such as whether the server runs.
    let lines = String(cString: message).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("\t") }
    return lines.isEmpty ? "unknown reason" : lines.joined(separator: "; ")
  }

  private func wait(
    for events: Int32,
    by deadline: ContinuousClock.Instant
  ) throws(WireFailure) -> Int32 {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      var watched = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
      let count = poll(&watched, 1, Int32(left.milliseconds))
      if count > 0 { return Int32(watched.revents) }
      // Zero is the time-out: the loop looks at the clock itself.
      if count < 0, errno != EINTR { throw .lost }
    }
  }
}

extension ParameterWriter {
  /// Calls the body with the arrays that libpq takes; lengths and formats are nil where all is text.
  fileprivate func withArguments(
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Int32
  ) -> Int32 {
    let count = slots.count
    guard count > 0 else { return body(0, nil, nil, nil) }
    return buffer.withUnsafeBytes { bytes in
      let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) {
        values in
        for (index, slot) in slots.enumerated() {
          values.initializeElement(
            at: index,
            to: slot.offset < 0 ? nil : start?.advanced(by: slot.offset)
          )
        }
        guard hasBinary else { return body(Int32(count), values.baseAddress, nil, nil) }
        let lengths = slots.map { Int32($0.count) }
        let formats: [Int32] = slots.map { $0.isBinary ? 1 : 0 }
        return body(Int32(count), values.baseAddress, lengths, formats)
      }
    }
  }
}
