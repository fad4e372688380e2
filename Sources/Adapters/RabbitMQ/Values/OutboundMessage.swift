/// A message to be published: always persistent and `mandatory`.
package struct OutboundMessage: Sendable, Hashable {
  /// Empty names the default exchange, which routes by queue name.
  package let exchange: String
  package let routingKey: String
  /// The deterministic id by which a consumer recognises a repetition.
  package let messageID: String
  package let type: String
  package let correlationID: String?
  package let headers: FieldTable
  /// Seconds since 1970; zero leaves the property out.
  package let timestamp: UInt64
  package let contentType: String
  package let appID: String?
  package let body: [UInt8]

  /// Headers in which a broker keeps the history of a message are left out: brokers below 4.0
  /// believe them and drop a message that seems to go in a circle.
  ///
  /// Exchange, routing key, id, type, correlation, content type and application are at most 255
  /// bytes each, the headers fit in a frame of 128 KiB, and the body has at most 16 MiB, the limit
  /// of RabbitMQ 4. What is beyond is refused by `Publisher.publish` as unroutable.
  package init(
    exchange: String,
    routingKey: String,
    messageID: String,
    type: String,
    correlationID: String? = nil,
    headers: FieldTable = [:],
    timestamp: UInt64 = 0,
    contentType: String = "application/json",
    appID: String? = nil,
    body: [UInt8]
  ) {
    self.exchange = exchange
    self.routingKey = routingKey
    self.messageID = messageID
    self.type = type
    self.correlationID = correlationID
    self.headers =
      headers.keys.contains(where: Self.isBrokerHistory)
      ? headers.filter { !Self.isBrokerHistory($0.key) } : headers
    self.timestamp = timestamp
    self.contentType = contentType
    self.appID = appID
    self.body = body
  }

  static let bodyBytesMax = 16 * 1024 * 1024

  /// What the protocol cannot carry, as an error for the caller; a frame with it would end the
  /// connection and every other message in flight with it.
  ///
  /// - Parameter frameMax: Bytes of the largest frame that was agreed with the broker.
  /// - Returns: Nil when the message can be sent.
  func refusal(frameMax: Int) -> PublishError? {
    let names = [
      ("exchange", exchange), ("routing key", routingKey), ("message id", messageID),
      ("type", type), ("correlation id", correlationID ?? ""), ("content type", contentType),
      ("app id", appID ?? ""),
    ]
    for (name, value) in names where value.utf8.count > 255 {
      return .unroutable(code: 502, text: "the \(name) is longer than 255 bytes")
    }
    if headers.keyTooLong != nil {
      return .unroutable(code: 502, text: "the name of a header is longer than 255 bytes")
    }
    // The other properties take at most 7 × 256 bytes, the frame and content headers 22.
    if headers.encodedSize + 2048 > frameMax {
      return .unroutable(code: 311, text: "the headers do not fit in a frame of \(frameMax) bytes")
    }
    if body.count > Self.bodyBytesMax {
      return .unroutable(code: 311, text: "the body is longer than \(Self.bodyBytesMax) bytes")
    }
    return nil
  }

  private static func isBrokerHistory(_ header: String) -> Bool {
    switch header {
    case "x-death", "x-delivery-count", "x-acquired-count", "CC", "BCC": true
    default: header.hasPrefix("x-first-death-") || header.hasPrefix("x-last-death-")
    }
  }
}

extension OutboundMessage: CustomStringConvertible, CustomReflectable {
  /// Without headers and body, so safe to log.
  package var description: String {
    "\(type) \(messageID) to \(exchange)/\(routingKey), \(body.count) bytes"
  }

  package var customMirror: Mirror { Mirror(self, children: ["message": description]) }
}
