private import CPostgres
internal import Logging
private import Synchronization

/// Takes the server's notices and warnings, which libpq would print to standard error.
final class NoticeLog: Sendable {
  private let logger: Logger
  private let farewell = Atomic(false)

  /// Whether the server has said that it ends the session; its end of the line may close later.
  var hasFarewell: Bool { farewell.load(ordering: .relaxed) }

  init(_ logger: Logger) { self.logger = logger }

  /// Must outlive the connection.
  func attach(to handle: OpaquePointer) {
    PQsetNoticeReceiver(handle, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
  }

  fileprivate func receive(_ result: OpaquePointer) {
    let state = SQLState(rawValue: esteira_pq_sqlstate(result).map { String(cString: $0) } ?? "")
    // An error that comes unasked reaches us as a notice.
    if state.isConnectionLoss { farewell.store(true, ordering: .relaxed) }
    logger.debug(
      "postgres notice",
      metadata: [
        "sqlstate": "\(state.rawValue)",
        "notice": "\(esteira_pq_message(result).map { String(cString: $0) } ?? "")",
      ]
    )
  }
}

// A top-level function: a closure here could inherit an actor's isolation and trap.
private func receiveNotice(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
  guard let context, let result else { return }
  Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().receive(result)
}
