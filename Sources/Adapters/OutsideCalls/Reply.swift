package import Belt

/// How one outside system says no: what is not the same at all of them.
package struct Dialect: Sendable {
  package let system: OutsideSystem
  /// What a reply says against the call, whatever its status; nil when it says nothing.
  let objection: @Sendable (Reply) -> Objection?

  package init(
    _ system: OutsideSystem,
    objection: @escaping @Sendable (Reply) -> Objection?
  ) {
    self.system = system
    self.objection = objection
  }
}

/// What a reply says against the call that it answers.
package struct Objection: Sendable, Hashable {
  /// The system's own word, safe to log.
  package var type: String?
  /// Where in the request, safe to log.
  package var path: String?
  /// How long to wait, where no `Retry-After` says it.
  package var wait: Duration?
  /// The used-up quota is that of one record.
  package var limitsOneRecord: Bool
  /// What happened, where the status does not say it.
  package var cause: CallError.Cause?

  package init(
    type: String?,
    path: String? = nil,
    wait: Duration? = nil,
    limitsOneRecord: Bool = false,
    cause: CallError.Cause? = nil
  ) {
    self.type = type
    self.path = path
    self.wait = wait
    self.limitsOneRecord = limitsOneRecord
    self.cause = cause
  }
}

/// A whole answer, whatever its status.
package struct Reply: Sendable {
  package let status: Int
  package let body: [UInt8]
  let headers: [(name: String, value: String)]
  /// When it came, in seconds since 1970 by our clock.
  let receivedAt: Int64

  /// How long a header asks to wait: one second to a day; nil for nonsense.
  package func wait(byHeader name: String) -> Duration? {
    RetryAfter.wait(header(name), date: header("Date"), now: receivedAt)
  }

  /// What the answer sets a cookie to; nil where it sets none of that name, or an empty one.
  func cookie(_ name: String) -> String? {
    let set = headers.last {
      $0.name.lowercased() == "set-cookie" && $0.value.hasPrefix("\(name)=")
    }
    let value = set?.value.dropFirst(name.count + 1).prefix { $0 != ";" }
    return value.flatMap { $0.isEmpty ? nil : String($0) }
  }

  private func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// Why it is no success; nil when it is one.
  func cause(_ dialect: Dialect) -> CallError.Cause? {
    let said = dialect.objection(self)
    if let cause = said?.cause { return cause }
    switch status {
    case 200..<300 where said == nil: return nil
    case 401: return .loginDead
    case 404: return .notFound
    case 429:
      // One minute is the usual window of a quota.
      let wait = wait(byHeader: "Retry-After") ?? said?.wait ?? .seconds(60)
      return .limited(wait, ofOneRecord: said?.limitsOneRecord ?? false)
    case 408, 500...: return .failing(wait: wait(byHeader: "Retry-After"))
    default: return .refused(type: said?.type ?? "HTTP_\(status)", path: said?.path)
    }
  }

  func answer<Answer>(to call: Call<Answer>, _ dialect: Dialect) throws(CallError) -> Answer {
    if let cause = cause(dialect) {
      if cause == .notFound, let absent = call.route.absent { return absent }
      throw call.error(cause, at: dialect.system, status: status)
    }
    guard let answer = call.route.decode(body) else {
      throw call.error(.unreadable, at: dialect.system, status: status)
    }
    return answer
  }

  /// What the answer says of the system itself.
  func ending(_ dialect: Dialect) -> CallPermit.Ending {
    switch cause(dialect) {
    // The quota of one record is nothing to the others.
    case .limited(let wait, false): .limited(wait)
    // Who says when to come again is not asked before.
    case .failing(let wait): wait.map { .limited($0) } ?? .failed
    default: .answered
    }
  }
}

extension Call {
  package func error(
    _ cause: CallError.Cause,
    at system: OutsideSystem,
    status: Int? = nil,
    underlying: (any Error)? = nil
  ) -> CallError {
    CallError(
      cause,
      of: route.effect,
      at: system,
      status: status,
      underlying: underlying
    )
  }
}
