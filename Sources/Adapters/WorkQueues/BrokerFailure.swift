package import RabbitMQ
package import Belt

/// The broker did not take a message; the same may be published again.
///
/// Always `stop`: no message is at fault, so the worker keeps what it has in hand and waits.
package struct BrokerFailure: Failure, Equatable, CustomStringConvertible {
  package let cause: PublishError
  /// Where the message was to go.
  package let exchange: String
  package let routingKey: String

  package init(_ cause: PublishError, exchange: String, routingKey: String) {
    self.cause = cause
    self.exchange = exchange
    self.routingKey = routingKey
  }

  package var disposition: Disposition { .stop }

  /// Whether the broker takes nothing, or one queue or exchange does not take this.
  ///
  /// A queue without a leader never confirms, which only those that pass beside it tell from a broker
  /// that is away.
  func extent(whileOthersPass: Bool) -> NotPublished.Extent {
    switch cause {
    case .rejected, .unroutable: .oneWay
    case .outcomeUnknown: whileOthersPass ? .oneWay : .everything
    case .brokerBlocked, .timedOut, .shuttingDown: .everything
    }
  }

  package var reason: Reason {
    switch cause {
    case .rejected:
      Reason("broker_queue_full", "\(target) takes no message: it is full or has no leader.")
    case .unroutable(let code, let text):
      Reason(
        "broker_unroutable",
        "\(target) is missing or not bound (\(code) \(text)). Run: esteira topology apply"
      )
    case .outcomeUnknown(let why):
      Reason("broker_unconfirmed", "\(target) did not confirm a message: \(why).")
    case .brokerBlocked:
      Reason("broker_blocked", "The broker lacks memory or disk and takes no messages.")
    case .timedOut:
      Reason("broker_away", "The broker could not be reached in time.")
    case .shuttingDown:
      Reason("shutting_down", "The program is stopping.")
    }
  }

  /// Names queues and exchanges, never a message; safe to log.
  package var description: String { reason.sentence }

  /// The queue behind an exchange and a key, as far as our own topology tells.
  private var target: String {
    let stage = routingKey.prefix { $0 != "." }
    if exchange == Topology.workExchange { return "The queue esteira.q.\(stage)" }
    if exchange == Topology.parkingExchange { return "The queue \(Topology.parkedQueue)" }
    let retryPrefix = "esteira.retry."
    guard exchange.hasPrefix(retryPrefix) else { return "The exchange \(exchange)" }
    return "The queue esteira.q.\(stage).retry.\(exchange.dropFirst(retryPrefix.count))"
  }
}
