import CRabbitMQ

/// One connection with one channel: the C handle and nothing else.
///
/// Its calls block and must not overlap, so an actor on a thread of its own holds it. After the
/// first error it only closes; whoever holds it makes a new one.
///
/// One channel only: with several, the library loses frames between them.
final class Wire {
  private enum Health { case good, channelGone, gone }

  let connection: amqp_connection_state_t
  let pool = WirePool()
  private var health = Health.gone

  static let channel: amqp_channel_t = 1
  private static let consumerTag = "esteira"

  private init(connection: amqp_connection_state_t) { self.connection = connection }

  deinit { amqp_destroy_connection(connection) }

  /// Connects, logs in and opens the channel.
  ///
  /// Blocks for at most 10 s and the time that the system takes to resolve the host's name.
  ///
  /// The host is the one of the endpoint's to try; the name is what an operator sees in the broker's list.
  ///
  /// - Throws: `.connect`, `.tls` or `.handshake`, or what went wrong with the channel.
  static func open(
    _ endpoint: Endpoint,
    host: Endpoint.Host,
    name: String
  ) throws(LinkError) -> Wire {
    guard let connection = amqp_new_connection() else { throw .connect("no memory") }
    let wire = Wire(connection: connection)
    try wire.connect(to: host, endpoint)
    wire.health = .good
    try wire.logIn(endpoint, name: name)
    amqp_channel_open(connection, channel)
    try wire.checkReply("opening the channel")
    return wire
  }

  var socket: Int32 { amqp_get_sockfd(connection) }

  /// Bytes of the largest frame that was agreed.
  var frameMax: Int { Int(amqp_get_frame_max(connection)) }

  /// How often `nextFrame` has to be called so that heartbeats go out in time.
  var pumpIntervalMilliseconds: Int32 { max(amqp_get_heartbeat(connection), 1) * 1000 / 2 }

  /// The next frame that is there, else nil; waits at most as long as told.
  ///
  /// Also sends heartbeats and notices when the broker's stay out.
  func nextFrame(waiting: Duration = .zero) throws(LinkError) -> IncomingFrame? {
    guard health == .good else { throw .socketClosed }
    amqp_maybe_release_buffers(connection)
    var frame = amqp_frame_t()
    var timeout = timeval(waiting)
    let status = amqp_simple_wait_frame_noblock(connection, &frame, &timeout)
    guard status != AMQP_STATUS_TIMEOUT.rawValue else { return nil }
    try check(status, "reading")
    let incoming = try IncomingFrame(frame)
    try answerClose(incoming)
    return incoming
  }

  /// Writes one message; may block for as long as the socket takes nothing.
  ///
  /// - Precondition: `message.refusal(frameMax:)` is nil, and the broker's silence was ruled out by
  ///   `nextFrame` just before: version 0.11 of the library waits for ever on a silent broker.
  func publish(_ message: OutboundMessage) throws(LinkError) {
    try requireChannel()
    defer { pool.recycle() }
    var properties = amqp_basic_properties_t()
    var flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG
    flags |= AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG
    properties.content_type = pool.bytes(message.contentType)
    properties.delivery_mode = UInt8(AMQP_DELIVERY_PERSISTENT.rawValue)
    properties.message_id = pool.bytes(message.messageID)
    properties.type = pool.bytes(message.type)
    if let correlationID = message.correlationID {
      flags |= AMQP_BASIC_CORRELATION_ID_FLAG
      properties.correlation_id = pool.bytes(correlationID)
    }
    if !message.headers.isEmpty {
      flags |= AMQP_BASIC_HEADERS_FLAG
      properties.headers = try pool.table(message.headers)
    }
    if message.timestamp > 0 {
      flags |= AMQP_BASIC_TIMESTAMP_FLAG
      properties.timestamp = message.timestamp
    }
    if let appID = message.appID {
      flags |= AMQP_BASIC_APP_ID_FLAG
      properties.app_id = pool.bytes(appID)
    }
    properties._flags = amqp_flags_t(flags)
    let exchange = pool.bytes(message.exchange)
    let routingKey = pool.bytes(message.routingKey)
    let status = message.body.withUnsafeBytes { body in
      amqp_basic_publish(
        connection,
        Self.channel,
        exchange,
        routingKey,
        1,
        0,
        &properties,
        amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
      )
    }
    try check(status, "publishing")
  }

  /// Holds small packets back while a batch is written.
  func cork(_ on: Bool) {
    guard health == .good else { return }
    esteira_tcp_cork(socket, on ? 1 : 0)
  }

  func send(_ frame: AckCoalescer.Frame) throws(LinkError) {
    try requireChannel()
    switch frame {
    case .ack(let tag, let multiple):
      try check(amqp_basic_ack(connection, Self.channel, tag, multiple ? 1 : 0), "acknowledging")
    case .giveBack(let tag):
      try check(amqp_basic_nack(connection, Self.channel, tag, 0, 1), "giving back")
    }
  }

  /// Asks for confirms of all that is published from now on.
  func selectConfirms() throws(LinkError) {
    try call("asking for confirms") { amqp_confirm_select(connection, Self.channel) != nil }
  }

  /// Starts deliveries from a queue, at most `prefetch` without a verdict; they arrive by `nextFrame`.
  func consume(_ queue: String, prefetch: UInt16) throws(LinkError) {
    try call("setting the prefetch") {
      amqp_basic_qos(connection, Self.channel, 0, prefetch, 0) != nil
    }
    try call("consuming \(queue)") {
      amqp_basic_consume(
        connection,
        Self.channel,
        pool.bytes(queue),
        pool.bytes(Self.consumerTag),
        0,
        0,
        0,
        amqp_table_t()
      ) != nil
    }
  }

  /// Asks the broker to deliver no more; its answer arrives as `.cancelOk`.
  func cancelConsuming() throws(LinkError) {
    try requireChannel()
    defer { pool.recycle() }
    var cancel = amqp_basic_cancel_t(consumer_tag: pool.bytes(Self.consumerTag), nowait: 0)
    try check(
      amqp_send_method(connection, Self.channel, AMQP_BASIC_CANCEL_METHOD, &cancel),
      "cancelling"
    )
  }

  /// Says good-bye if the broker can still hear it; blocks for at most a second.
  func close() {
    guard health != .gone else { return }
    health = .gone
    var timeout = timeval(.seconds(1))
    amqp_set_rpc_timeout(connection, &timeout)
    // The outcome changes nothing: the socket is closed with the handle.
    _ = amqp_connection_close(connection, AMQP_REPLY_SUCCESS)
  }

  func call(_ doing: String, _ body: () -> Bool) throws(LinkError) {
    try requireChannel()
    defer { pool.recycle() }
    guard !body() else { return }
    try checkReply(doing)
    health = .gone
    throw .protocolViolation("no answer to \(doing)")
  }

  func requireChannel() throws(LinkError) {
    guard health == .good else { throw .socketClosed }
  }

  private func checkReply(_ doing: String) throws(LinkError) {
    try check(amqp_get_rpc_reply(connection), doing)
  }

  func check(_ status: Int32, _ doing: String) throws(LinkError) {
    guard let error = LinkError(status: status, doing: doing) else { return }
    health = .gone
    throw error
  }

  func check(_ reply: amqp_rpc_reply_t, _ doing: String) throws(LinkError) {
    switch reply.reply_type {
    case AMQP_RESPONSE_NORMAL: return
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(reply.library_error, doing)
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      let frame = IncomingFrame(reply.reply)
      try answerClose(frame)
      if case .closed(let error) = frame { throw error }
    default: break
    }
    health = .gone
    throw .socketClosed
  }

  private func answerClose(_ frame: IncomingFrame) throws(LinkError) {
    switch frame {
    case .closed(.channelClosed):
      health = .channelGone
      var ok = amqp_channel_close_ok_t()
      try check(
        amqp_send_method(connection, Self.channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok),
        "closing"
      )
    case .closed:
      health = .gone
      var ok = amqp_connection_close_ok_t()
      // Whether it is still heard changes nothing.
      _ = amqp_send_method(connection, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok)
    default: break
    }
  }
}
