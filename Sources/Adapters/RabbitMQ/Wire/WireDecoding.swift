import CRabbitMQ

extension IncomingFrame {
  /// Copies a frame out of the library's memory, all but the bytes of a body.
  init(_ frame: amqp_frame_t) throws(LinkError) {
    switch frame.frame_type {
    case UInt8(AMQP_FRAME_METHOD):
      self.init(frame.payload.method)
    case UInt8(AMQP_FRAME_HEADER):
      let header = frame.payload.properties
      guard let decoded = header.decoded else {
        throw .protocolViolation("a content header without properties")
      }
      self = .header(
        bodySize: header.body_size,
        try ContentProperties(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
      )
    case UInt8(AMQP_FRAME_BODY):
      let bytes = frame.payload.body_fragment
      self = .body(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    default:
      self = .other
    }
  }

  init(_ method: amqp_method_t) { self = Self.method(method) }

  private static func method(_ method: amqp_method_t) -> IncomingFrame {
    guard let decoded = method.decoded else { return .other }
    func of<Arguments>(_ type: Arguments.Type) -> Arguments {
      decoded.assumingMemoryBound(to: type).pointee
    }
    switch method.id {
    case AMQP_BASIC_DELIVER_METHOD:
      let deliver = of(amqp_basic_deliver_t.self)
      return .envelope(
        .delivery(
          tag: deliver.delivery_tag,
          redelivered: deliver.redelivered != 0,
          exchange: String(deliver.exchange),
          routingKey: String(deliver.routing_key)
        )
      )
    case AMQP_BASIC_RETURN_METHOD:
      let returned = of(amqp_basic_return_t.self)
      return .envelope(
        .returned(
          code: Int(returned.reply_code),
          text: String(returned.reply_text),
          exchange: String(returned.exchange),
          routingKey: String(returned.routing_key)
        )
      )
    case AMQP_BASIC_ACK_METHOD:
      let ack = of(amqp_basic_ack_t.self)
      return .confirm(sequence: ack.delivery_tag, multiple: ack.multiple != 0, accepted: true)
    case AMQP_BASIC_NACK_METHOD:
      let nack = of(amqp_basic_nack_t.self)
      return .confirm(sequence: nack.delivery_tag, multiple: nack.multiple != 0, accepted: false)
    case AMQP_BASIC_CANCEL_METHOD: return .consumerCancelled
    case AMQP_BASIC_CANCEL_OK_METHOD: return .cancelOk
    case AMQP_CHANNEL_CLOSE_METHOD:
      let close = of(amqp_channel_close_t.self)
      return .closed(.channelClosed(code: Int(close.reply_code), text: String(close.reply_text)))
    case AMQP_CONNECTION_CLOSE_METHOD:
      let close = of(amqp_connection_close_t.self)
      return .closed(.connectionClosed(code: Int(close.reply_code), text: String(close.reply_text)))
    case AMQP_CONNECTION_BLOCKED_METHOD:
      return .blocked(reason: String(of(amqp_connection_blocked_t.self).reason))
    case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
    default: return .other
    }
  }
}

extension ContentProperties {
  init(_ properties: amqp_basic_properties_t) throws(LinkError) {
    func has(_ flag: Int32) -> Bool { properties._flags & UInt32(flag) != 0 }
    if has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = String(properties.message_id) }
    if has(AMQP_BASIC_TYPE_FLAG) { type = String(properties.type) }
    if has(AMQP_BASIC_CORRELATION_ID_FLAG) { correlationID = String(properties.correlation_id) }
    if has(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = properties.timestamp }
    if has(AMQP_BASIC_HEADERS_FLAG) { headers = try FieldTable(properties.headers, depth: 0) }
  }
}

extension String {
  /// The texts of AMQP are UTF-8; what is not is repaired, since it is only shown or compared.
  init(_ bytes: amqp_bytes_t) {
    self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
  }
}

extension FieldTable {
  init(_ table: amqp_table_t, depth: Int) throws(LinkError) {
    self.init(minimumCapacity: Int(table.num_entries))
    for index in 0..<Int(table.num_entries) {
      let entry = table.entries[index]
      self[String(entry.key)] = try FieldValue(entry.value, depth: depth + 1)
    }
  }
}

extension FieldValue {
  /// Every width of number that brokers send is read; what is unknown is `void`.
  init(_ field: amqp_field_value_t, depth: Int) throws(LinkError) {
    guard depth < 32 else { throw .protocolViolation("a table is nested deeper than 32 levels") }
    let value = field.value
    switch amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
    case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
    case AMQP_FIELD_KIND_I8: self = .int(Int64(value.i8))
    case AMQP_FIELD_KIND_U8: self = .int(Int64(value.u8))
    case AMQP_FIELD_KIND_I16: self = .int(Int64(value.i16))
    case AMQP_FIELD_KIND_U16: self = .int(Int64(value.u16))
    case AMQP_FIELD_KIND_I32: self = .int(Int64(value.i32))
    case AMQP_FIELD_KIND_U32: self = .int(Int64(value.u32))
    case AMQP_FIELD_KIND_I64: self = .int(value.i64)
    // RabbitMQ itself reads the unsigned kind as signed.
    case AMQP_FIELD_KIND_U64: self = .int(Int64(bitPattern: value.u64))
    case AMQP_FIELD_KIND_F32: self = .double(Double(value.f32))
    case AMQP_FIELD_KIND_F64: self = .double(value.f64)
    case AMQP_FIELD_KIND_DECIMAL: self = .double(Self.number(value.decimal))
    case AMQP_FIELD_KIND_UTF8:
      let bytes = UnsafeRawBufferPointer(start: value.bytes.bytes, count: value.bytes.len)
      // A "long string" may hold any bytes.
      self = String(validating: bytes, as: UTF8.self).map(Self.string) ?? .bytes(Array(bytes))
    case AMQP_FIELD_KIND_BYTES:
      self = .bytes(Array(UnsafeRawBufferPointer(start: value.bytes.bytes, count: value.bytes.len)))
    case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(value.u64)
    case AMQP_FIELD_KIND_TABLE: self = .table(try FieldTable(value.table, depth: depth))
    case AMQP_FIELD_KIND_ARRAY:
      var values: [FieldValue] = []
      for index in 0..<Int(value.array.num_entries) {
        values.append(try FieldValue(value.array.entries[index], depth: depth + 1))
      }
      self = .array(values)
    default: self = .void
    }
  }

  private static func number(_ decimal: amqp_decimal_t) -> Double {
    var scale = 1.0
    for _ in 0..<decimal.decimals { scale *= 10 }
    return Double(decimal.value) / scale
  }
}
