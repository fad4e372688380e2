import CRabbitMQ

/// Requests of the operator and of the checks at start; each waits for its answer.
extension Wire {
  /// Declares a durable queue, or with `passive` only looks whether it is there.
  func declareQueue(
    _ name: String,
    passive: Bool,
    arguments: FieldTable
  ) throws(LinkError) -> (ready: Int, consumers: Int) {
    let encoded = try pool.table(arguments)
    var answer = (ready: 0, consumers: 0)
    try call("declaring \(name)") {
      guard
        let declared = amqp_queue_declare(
          connection,
          Self.channel,
          pool.bytes(name),
          passive ? 1 : 0,
          1,
          0,
          0,
          encoded
        )
      else { return false }
      answer = (Int(declared.pointee.message_count), Int(declared.pointee.consumer_count))
      return true
    }
    return answer
  }

  /// Declares a durable exchange, or with `passive` only looks whether it is there.
  func declareExchange(
    _ name: String,
    kind: String,
    passive: Bool,
    arguments: FieldTable
  ) throws(LinkError) {
    let encoded = try pool.table(arguments)
    try call("declaring \(name)") {
      amqp_exchange_declare(
        connection,
        Self.channel,
        pool.bytes(name),
        pool.bytes(kind),
        passive ? 1 : 0,
        1,
        0,
        0,
        encoded
      ) != nil
    }
  }

  func bind(queue: String, exchange: String, routingKey: String) throws(LinkError) {
    try call("binding \(queue)") {
      amqp_queue_bind(
        connection,
        Self.channel,
        pool.bytes(queue),
        pool.bytes(exchange),
        pool.bytes(routingKey),
        amqp_table_t()
      ) != nil
    }
  }

  func deleteQueue(_ name: String) throws(LinkError) {
    try call("deleting \(name)") {
      amqp_queue_delete(connection, Self.channel, pool.bytes(name), 0, 0) != nil
    }
  }

  func deleteExchange(_ name: String) throws(LinkError) {
    try call("deleting \(name)") {
      amqp_exchange_delete(connection, Self.channel, pool.bytes(name), 0) != nil
    }
  }

  /// Returns how many messages were thrown away.
  func purge(_ name: String) throws(LinkError) -> Int {
    var count = 0
    try call("purging \(name)") {
      guard let purged = amqp_queue_purge(connection, Self.channel, pool.bytes(name)) else {
        return false
      }
      count = Int(purged.pointee.message_count)
      return true
    }
    return count
  }

  /// Takes one message out of a queue for good; nil when there is none.
  ///
  /// Its content follows by `nextFrame`.
  func get(_ queue: String) throws(LinkError) -> IncomingFrame? {
    try requireChannel()
    defer { pool.recycle() }
    let reply = amqp_basic_get(connection, Self.channel, pool.bytes(queue), 1)
    try check(reply, "taking from \(queue)")
    guard reply.reply.id == AMQP_BASIC_GET_OK_METHOD, let decoded = reply.reply.decoded else {
      return nil
    }
    let got = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
    return .envelope(
      .delivery(
        tag: got.delivery_tag,
        redelivered: got.redelivered != 0,
        exchange: String(got.exchange),
        routingKey: String(got.routing_key)
      )
    )
  }
}
