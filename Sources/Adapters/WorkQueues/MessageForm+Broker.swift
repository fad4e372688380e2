package import Belt
package import RabbitMQ

/// The form of a message as AMQP carries it: `id`, `type` and `journey` are properties, `stage` and
/// `integration` the routing key, and every other name is a header.
extension MessageForm {
  init(_ inbound: InboundMessage) {
    self.init()
    values[.id] = inbound.messageID.map(Value.text)
    values[.type] = inbound.type.map(Value.text)
    values[.journey] = inbound.correlationID.map(Value.text)
    for name in Name.allCases {
      guard let header = name.header else { continue }
      values[name] = inbound.headers[header].map { Value($0) }
    }
    readRoutingKey(inbound.routingKey)
    if values[.arrivedAt] == nil, let seconds = inbound.timestamp, (1..<1 << 40).contains(seconds) {
      values[.arrivedAt] = .number(Int64(seconds) * 1000)
    }
    take(notes: Self.notes(in: inbound.headers))
  }

  private mutating func readRoutingKey(_ routingKey: String) {
    let key = routingKey.split(separator: ".", maxSplits: 1).map(String.init)
    values[.stage] = key.first.map(Value.text)
    guard key.count == 2 else {
      fault = "the routing key is not <stage>.<integration>"
      return
    }
    switch values[.integration] {
    case .text(key[1])?: break
    case .text?: fault = "the header and the routing key name two integrations"
    case nil:
      fault = "x-integration is missing"
      values[.integration] = .text(key[1])
    case .number?, .other?:
      fault = "x-integration is no text"
      values[.integration] = .text(key[1])
    }
  }

  var headers: FieldTable {
    var headers: FieldTable = [:]
    for (name, value) in values {
      guard let header = name.header else { continue }
      switch value {
      case .text(let text): headers[header] = .string(text)
      case .number(let number): headers[header] = .int(number)
      case .other: break
      }
    }
    for (note, text) in notes { headers[Self.notePrefix + note] = .string(text) }
    return headers
  }

  /// Of the version before.
  private static let notePrefix = "x-note-"

  private static func notes(in headers: FieldTable) -> [String: String] {
    var notes: [String: String] = [:]
    for (header, value) in headers where header.hasPrefix(notePrefix) {
      notes[String(header.dropFirst(notePrefix.count))] = value.string
    }
    return notes
  }
}

extension MessageForm.Name {
  /// Nil for what has a property or is in the routing key.
  fileprivate var header: String? {
    switch self {
    case .id, .type, .journey, .stage: nil
    case .integration: "x-integration"
    case .arrivedAt: "x-arrived-at"
    case .attempt: "x-attempt"
    case .deferrals: "x-deferrals"
    case .cause: "x-cause"
    case .round: "x-round"
    case .wait: "x-wait"
    case .trigger: "x-trigger"
    case .traceparent: "traceparent"
    case .tracestate: "tracestate"
    }
  }
}

extension MessageForm.Value {
  fileprivate init(_ value: FieldValue) {
    switch value {
    case .string(let text): self = .text(text)
    case .int(let number): self = .number(number)
    case .bool, .double, .bytes, .timestamp, .table, .array, .void: self = .other
    }
  }
}

extension Message {
  /// Reads what the broker delivered.
  package init(_ inbound: InboundMessage) throws(MalformedMessage) {
    self = try MessageForm(inbound).message(body: inbound.body)
  }
}

extension OutboundMessage {
  static let appID = "esteira"

  /// The wire form of a message, and where it goes.
  ///
  /// The routing key `<stage>.<integration>` stays the same on every way, so that a delay queue
  /// returns the message to the stage it came from. Equal messages have equal wire forms.
  package init(_ outgoing: Outgoing) {
    let message = outgoing.message
    var headers = MessageForm(message).headers
    let exchange: String
    switch outgoing.destination {
    case .stage: exchange = Topology.workExchange
    case .delay(let tier): exchange = Topology.retryExchange(tier)
    case .parking(let reason):
      exchange = Topology.parkingExchange
      headers[ParkedMessage.codeHeader] = .string(reason.code)
      headers[ParkedMessage.sentenceHeader] = .string(reason.sentence)
    }
    self.init(
      exchange: exchange,
      routingKey: "\(message.stage).\(message.integration)",
      messageID: message.id.description,
      type: message.type,
      correlationID: message.journey.description,
      headers: headers,
      timestamp: UInt64(max(0, message.arrivedAt) / 1000),
      appID: Self.appID,
      body: message.body
    )
  }
}
