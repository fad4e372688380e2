package import RabbitMQ
package import Belt

extension OutboundMessage {
  static let appID = "esteira"

  /// The wire form of a message, and where it goes.
  ///
  /// The routing key `<stage>.<integration>` stays the same on every way, so that a delay queue
  /// returns the message to the stage it came from. Equal messages have equal wire forms.
  package init(_ outgoing: Outgoing) {
    let message = outgoing.message
    var headers: FieldTable = [
      MessageHeader.integration: .string(message.integration),
      MessageHeader.attempt: .int(Int64(message.attempt)),
    ]
    if message.deferrals > 0 { headers[MessageHeader.deferrals] = .int(Int64(message.deferrals)) }
    if message.arrivedAt > 0 { headers[MessageHeader.arrivedAt] = .int(message.arrivedAt) }
    if let cause = message.cause { headers[MessageHeader.cause] = .string(cause) }
    for (key, value) in message.notes {
      headers[MessageHeader.notePrefix + key] = .string(value)
    }
    let exchange: String
    switch outgoing.destination {
    case .stage: exchange = Topology.workExchange
    case .delay(let tier): exchange = Topology.retryExchange(tier)
    case .parking(let reason):
      exchange = Topology.parkingExchange
      headers[MessageHeader.reasonCode] = .string(reason.code)
      headers[MessageHeader.reasonSentence] = .string(reason.sentence)
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
