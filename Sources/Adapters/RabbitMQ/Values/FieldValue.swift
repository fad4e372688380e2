/// One value of a message header or a queue argument, in the kinds that every AMQP broker reads.
package enum FieldValue: Sendable, Hashable {
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// Seconds since 1970.
  case timestamp(UInt64)
  case table(FieldTable)
  case array([FieldValue])
  case void
}

package typealias FieldTable = [String: FieldValue]

extension FieldValue {
  /// The text of a `string`, else nil.
  package var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The number of an `int`, else nil; brokers send every width of integer, all read as this one.
  package var int: Int64? {
    guard case .int(let number) = self else { return nil }
    return number
  }

  /// Bytes on the wire, the kind octet included.
  var encodedSize: Int {
    switch self {
    case .bool: 2
    case .int, .double, .timestamp: 9
    case .string(let text): 5 + text.utf8.count
    case .bytes(let bytes): 5 + bytes.count
    case .table(let table): 1 + table.encodedSize
    case .array(let values): values.reduce(5) { $0 + $1.encodedSize }
    case .void: 1
    }
  }
}

extension FieldTable {
  /// Bytes on the wire, the length field included.
  var encodedSize: Int {
    reduce(4) { $0 + 1 + $1.key.utf8.count + $1.value.encodedSize }
  }

  /// A key that AMQP cannot carry: keys are at most 255 bytes.
  var keyTooLong: String? {
    for (key, value) in self {
      if key.utf8.count > 255 { return key }
      if let nested = value.keyTooLong { return nested }
    }
    return nil
  }
}

extension FieldValue {
  fileprivate var keyTooLong: String? {
    switch self {
    case .table(let table): table.keyTooLong
    case .array(let values): values.lazy.compactMap(\.keyTooLong).first
    default: nil
    }
  }
}
