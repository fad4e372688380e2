package import RabbitMQ
package import Belt

extension Message {
  /// Reads what the broker delivered.
  ///
  /// - Throws: ``MalformedMessage`` with the first fault and as much of the message as could be read;
  ///   its id is then derived from what arrived, so that the same bytes park under the same id.
  package init(_ inbound: InboundMessage) throws(MalformedMessage) {
    var reading = MessageReading(inbound)
    let message = reading.message()
    guard let fault = reading.fault else {
      self = message
      return
    }
    throw MalformedMessage(
      Reason("message_malformed", "A message in the queue is not one of ours: \(fault)."),
      remains: message
    )
  }
}

/// Reads on after a fault, so that what remains can be parked and shown.
private struct MessageReading {
  let inbound: InboundMessage
  private(set) var fault: String?

  init(_ inbound: InboundMessage) { self.inbound = inbound }

  mutating func message() -> Message {
    let key = inbound.routingKey.split(separator: ".", maxSplits: 1).map(String.init)
    if key.count != 2 { note("the routing key is not <stage>.<integration>") }
    let stage = key.first ?? "unknown"
    let integration = text(MessageHeader.integration) ?? key.dropFirst().first ?? "unknown"
    if key.count == 2, integration != key[1] {
      note("\(MessageHeader.integration) and the routing key name two integrations")
    }
    if inbound.headers[MessageHeader.integration] == nil {
      note("\(MessageHeader.integration) is missing")
    }
    let id = identifier(inbound.messageID, "message_id") ?? derivedID
    return Message(
      id: id,
      type: type(),
      stage: stage,
      integration: integration,
      journey: identifier(inbound.correlationID, "correlation_id") ?? id,
      body: inbound.body,
      attempt: Int(number(MessageHeader.attempt, atLeast: 1) ?? 1),
      deferrals: Int(number(MessageHeader.deferrals, atLeast: 0) ?? 0),
      arrivedAt: number(MessageHeader.arrivedAt, atLeast: 0) ?? sentAt,
      cause: text(MessageHeader.cause),
      notes: notes()
    )
  }

  private var derivedID: Identifier {
    Identifier(
      derivedFrom: "malformed",
      inbound.routingKey,
      inbound.messageID ?? "",
      String(decoding: inbound.body, as: UTF8.self)
    )
  }

  private var sentAt: Int64 {
    guard let seconds = inbound.timestamp, seconds < 1 << 40 else { return 0 }
    return Int64(seconds) * 1000
  }

  private mutating func note(_ sentence: String) { fault = fault ?? sentence }

  private mutating func type() -> String {
    guard let type = inbound.type, !type.isEmpty else {
      note("type is missing")
      return "unknown"
    }
    return type
  }

  private mutating func identifier(_ text: String?, _ name: String) -> Identifier? {
    guard let text else {
      note("\(name) is missing")
      return nil
    }
    guard let identifier = Identifier(text) else {
      note("\(name) is no UUID")
      return nil
    }
    return identifier
  }

  private mutating func text(_ header: String) -> String? {
    guard let value = inbound.headers[header] else { return nil }
    guard let text = value.string else {
      note("\(header) is no text")
      return nil
    }
    return text
  }

  private mutating func number(_ header: String, atLeast minimum: Int64) -> Int64? {
    guard let value = inbound.headers[header] else { return nil }
    guard let number = value.int, number >= minimum else {
      note("\(header) is no number of at least \(minimum)")
      return nil
    }
    return number
  }

  private mutating func notes() -> [String: String] {
    var notes: [String: String] = [:]
    // Sorted, so that the first fault is the same each time.
    for header in inbound.headers.keys.sorted() where header.hasPrefix(MessageHeader.notePrefix) {
      notes[String(header.dropFirst(MessageHeader.notePrefix.count))] = text(header)
    }
    return notes
  }
}
