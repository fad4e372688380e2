/// Names one delivery on one connection; means nothing after that connection is gone.
package struct DeliveryToken: Sendable, Hashable {
  /// Counts the connections of one consumer, from 1.
  let epoch: UInt64
  /// Counts the deliveries of one connection, from 1.
  let tag: UInt64
}

/// A message as it was delivered.
package struct InboundMessage: Sendable, Hashable {
  package let messageID: String?
  package let type: String?
  package let correlationID: String?
  package let exchange: String
  package let routingKey: String
  package let headers: FieldTable
  /// Seconds since 1970.
  package let timestamp: UInt64?
  package let body: [UInt8]
  /// True when the broker handed it out before and got no verdict.
  package let redelivered: Bool
  package let token: DeliveryToken

  /// Failed deliveries before this one, as quorum queues count them; nil when the broker says none.
  package var brokerDeliveryCount: Int? { headers["x-delivery-count"]?.int.map(Int.init) }
}

extension InboundMessage: CustomStringConvertible, CustomReflectable {
  /// Without headers and body, so safe to log.
  package var description: String {
    "\(type ?? "untyped") \(messageID ?? "without id") by \(exchange)/\(routingKey), \(body.count) bytes"
  }

  package var customMirror: Mirror { Mirror(self, children: ["message": description]) }
}
