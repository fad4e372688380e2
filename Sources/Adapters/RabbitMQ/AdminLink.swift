private import DedicatedThreads

/// A short connection for declaring and looking: used by the operator's commands and by tests.
///
/// Connects at the first call, and again after an error. Every call blocks a thread of its own for
/// at most 10 s a request.
package actor AdminLink {
  private let endpoint: Endpoint
  private nonisolated let thread = DedicatedThread(name: "amqp-admin")
  private var wire: Wire?

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  deinit { thread.stop() }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Declares a durable queue; repeating it with equal arguments changes nothing.
  ///
  /// - Throws: `.channelClosed` with 406 when it exists with other arguments.
  package func declareQueue(_ name: String, arguments: FieldTable = [:]) throws(LinkError) {
    try use { wire throws(LinkError) in
      _ = try wire.declareQueue(name, passive: false, arguments: arguments)
    }
  }

  /// Looks at a queue without changing it.
  ///
  /// - Returns: Messages ready for delivery, and consumers.
  /// - Throws: `.channelClosed` with 404 when it is missing.
  package func checkQueue(_ name: String) throws(LinkError) -> (ready: Int, consumers: Int) {
    try use { wire throws(LinkError) in
      try wire.declareQueue(name, passive: true, arguments: [:])
    }
  }

  /// Declares a durable exchange.
  ///
  /// - Parameters:
  ///   - name: At most 255 bytes.
  ///   - kind: `direct`, `fanout`, `topic` or `headers`.
  ///   - arguments: Part of its identity.
  /// - Throws: `.channelClosed` with 406 when it exists with another kind or arguments.
  package func declareExchange(
    _ name: String,
    kind: String,
    arguments: FieldTable = [:]
  ) throws(LinkError) {
    try use { wire throws(LinkError) in
      try wire.declareExchange(name, kind: kind, passive: false, arguments: arguments)
    }
  }

  /// - Throws: `.channelClosed` with 404 when it is missing.
  package func checkExchange(_ name: String) throws(LinkError) {
    try use { wire throws(LinkError) in
      try wire.declareExchange(name, kind: "", passive: true, arguments: [:])
    }
  }

  package func bind(queue: String, exchange: String, routingKey: String) throws(LinkError) {
    try use { wire throws(LinkError) in
      try wire.bind(queue: queue, exchange: exchange, routingKey: routingKey)
    }
  }

  /// Deletes a queue with all that is in it; a missing one is no error.
  package func deleteQueue(_ name: String) throws(LinkError) {
    try use { wire throws(LinkError) in try wire.deleteQueue(name) }
  }

  /// Deletes an exchange; a missing one is no error.
  package func deleteExchange(_ name: String) throws(LinkError) {
    try use { wire throws(LinkError) in try wire.deleteExchange(name) }
  }

  /// Throws away what is ready in a queue and returns how many that were.
  @discardableResult
  package func purge(_ name: String) throws(LinkError) -> Int {
    try use { wire throws(LinkError) in try wire.purge(name) }
  }

  /// Takes one message out of a queue for good; nil when there is none.
  ///
  /// Its token means nothing.
  package func get(_ queue: String) throws(LinkError) -> InboundMessage? {
    try use { wire throws(LinkError) in
      guard let method = try wire.get(queue) else { return nil }
      var assembler = ContentAssembler()
      var content = try assembler.take(method)
      while content == nil {
        guard let frame = try wire.nextFrame(waiting: .seconds(10)) else {
          throw .timedOut("taking from \(queue)")
        }
        content = try assembler.take(frame)
      }
      return content.flatMap { InboundMessage($0, epoch: 0) }
    }
  }

  package func close() {
    wire?.close()
    wire = nil
  }

  private func use<Answer>(_ body: (Wire) throws(LinkError) -> Answer) throws(LinkError) -> Answer {
    let wire = try openWire()
    do throws(LinkError) {
      let answer = try body(wire)
      self.wire = wire
      return answer
    } catch {
      wire.close()
      self.wire = nil
      throw error
    }
  }

  private func openWire() throws(LinkError) -> Wire {
    guard let open = wire else { return try connect() }
    do throws(LinkError) {
      // Nobody reads between calls, so the broker may have given the connection up meanwhile.
      while try open.nextFrame() != nil {}
      return open
    } catch {
      wire = nil
      return try connect()
    }
  }

  /// Tries every host once.
  private func connect() throws(LinkError) -> Wire {
    var failure = LinkError.connect("no host")
    for host in endpoint.hosts.shuffled() {
      do {
        return try Wire.open(endpoint, host: host, name: "admin")
      } catch {
        failure = error
      }
    }
    throw failure
  }
}

/// Looks at a queue on a connection made for it, as a check at start.
///
/// - Throws: `.channelClosed` with 404 when it is missing; otherwise why the broker did not answer.
package func checkQueue(
  _ name: String,
  on endpoint: Endpoint
) async throws(LinkError) -> (ready: Int, consumers: Int) {
  let link = AdminLink(endpoint)
  do {
    let answer = try await link.checkQueue(name)
    await link.close()
    return answer
  } catch {
    await link.close()
    throw error
  }
}
