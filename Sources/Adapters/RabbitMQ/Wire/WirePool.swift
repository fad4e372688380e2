import CRabbitMQ
private import Glibc

/// Memory for what one call hands to the C library; all of it is taken back at once.
final class WirePool {
  private let pool: UnsafeMutablePointer<amqp_pool_t>

  init() {
    pool = .allocate(capacity: 1)
    init_amqp_pool(pool, 16384)
  }

  deinit {
    empty_amqp_pool(pool)
    pool.deallocate()
  }

  /// Takes back all that was made since the last call.
  func recycle() { recycle_amqp_pool(pool) }

  func bytes(_ text: String) -> amqp_bytes_t {
    var text = text
    return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
  }

  func table(_ table: FieldTable) throws(LinkError) -> amqp_table_t {
    var encoded = amqp_table_t()
    guard !table.isEmpty else { return encoded }
    let entries = try array(of: amqp_table_entry_t.self, count: table.count)
    for (index, (key, value)) in table.enumerated() {
      entries[index] = amqp_table_entry_t(key: bytes(key), value: try field(value))
    }
    encoded.num_entries = Int32(table.count)
    encoded.entries = entries
    return encoded
  }

  private func field(_ value: FieldValue) throws(LinkError) -> amqp_field_value_t {
    var field = amqp_field_value_t()
    switch value {
    case .bool(let flag):
      field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
      field.value.boolean = flag ? 1 : 0
    case .int(let number):
      field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
      field.value.i64 = number
    case .double(let number):
      field.kind = UInt8(AMQP_FIELD_KIND_F64.rawValue)
      field.value.f64 = number
    case .string(let text):
      field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
      field.value.bytes = bytes(text)
    case .bytes(let content):
      field.kind = UInt8(AMQP_FIELD_KIND_BYTES.rawValue)
      field.value.bytes = content.withUnsafeBytes { copy($0) }
    case .timestamp(let seconds):
      field.kind = UInt8(AMQP_FIELD_KIND_TIMESTAMP.rawValue)
      field.value.u64 = seconds
    case .table(let nested):
      field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
      field.value.table = try table(nested)
    case .array(let values):
      field.kind = UInt8(AMQP_FIELD_KIND_ARRAY.rawValue)
      let entries = try array(of: amqp_field_value_t.self, count: max(values.count, 1))
      for (index, value) in values.enumerated() { entries[index] = try self.field(value) }
      field.value.array = amqp_array_t(num_entries: Int32(values.count), entries: entries)
    case .void:
      field.kind = UInt8(AMQP_FIELD_KIND_VOID.rawValue)
    }
    return field
  }

  private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
    guard let start = source.baseAddress, source.count > 0,
      let memory = amqp_pool_alloc(pool, source.count)
    else { return amqp_bytes_t() }
    memcpy(memory, start, source.count)
    return amqp_bytes_t(len: source.count, bytes: memory)
  }

  private func array<Element>(
    of type: Element.Type,
    count: Int
  ) throws(LinkError) -> UnsafeMutablePointer<Element> {
    guard let memory = amqp_pool_alloc(pool, count * MemoryLayout<Element>.stride) else {
      throw .protocolViolation("no memory for a table")
    }
    return memory.bindMemory(to: type, capacity: count)
  }
}
