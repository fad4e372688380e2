package import RabbitMQ
package import Belt

/// A message in the parked or the unroutable queue: what it is and why it lies there.
package struct ParkedMessage: Sendable, Hashable {
  package let message: Message
  package let reason: Reason
  package let token: DeliveryToken

  static let codeHeader = "x-reason-code"
  static let sentenceHeader = "x-reason"

  /// Never fails: whatever lies in the queue must be recorded for a person.
  package init(_ inbound: InboundMessage) {
    var ownReason: Reason?
    if let code = inbound.headers[Self.codeHeader]?.string {
      let sentence = inbound.headers[Self.sentenceHeader]?.string
      ownReason = Reason(code, sentence ?? code)
    }
    token = inbound.token
    do throws(MalformedMessage) {
      message = try Message(inbound)
      reason = ownReason ?? Self.brokerReason(inbound)
    } catch {
      message = error.remains
      reason = ownReason ?? error.reason
    }
  }

  /// What the broker itself put there says so in `x-death`, or by its exchange.
  private static func brokerReason(_ inbound: InboundMessage) -> Reason {
    if case .array(let deaths) = inbound.headers["x-death"] ?? .void,
      case .table(let latest)? = deaths.first, let why = latest["reason"]?.string,
      // Expiring is how a delay queue returns a message; it is no reason to lie here.
      why != "expired"
    {
      return why == "delivery_limit"
        ? Reason("delivery_limit", "It ended the worker, or was given back, too many times.")
        : Reason("broker_dead_letter", "The broker gave it up: \(why).")
    }
    return inbound.exchange == Topology.parkingExchange
      ? Reason("unknown", "It was parked without a reason.")
      : Reason(
        "unroutable",
        "No queue was bound for the key \(inbound.routingKey). Run: esteira topology apply"
      )
  }
}
