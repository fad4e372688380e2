import Logging
import RabbitMQ
import WorkQueues
import Belt

/// Where ingress puts a message for good.
protocol DurableStore: Sendable {
  /// Success when the message, the first of a journey, is stored for good.
  ///
  /// By the deadline there is a result, give or take a scheduling delay.
  func store(
    _ message: Message,
    deadline: ContinuousClock.Instant
  ) async -> Result<Void, DurablePaths.Failure>
}

/// Stores a message with the broker, or on the local disk when the broker does not take it in time.
///
/// A message may come to be in both, with the same id: the stage handles it once. While older ones wait
/// on the disk, new ones go behind them, so that the events of a lead that were accepted one after the
/// other reach the broker in that order. Each process has a line of its own: past another's there is no
/// order, as there is none for a webhook that was late itself.
struct DurablePaths: DurableStore {
  enum Failure: Error, Sendable {
    case broker(BrokerFailure)
    case spool(SpoolError)

    /// A constant for logs.
    var code: String {
      switch self {
      case .broker(let failure): failure.reason.code
      case .spool(let error): error.code
      }
    }
  }

  private let publisher: Publisher
  private let publishes: SharedPublishes
  private let lanes: [String: SpoolLane]
  private let brokerShare: Duration
  private let logger: Logger

  /// The lanes are the second path, a stage each, and may be empty; the broker is waited for no longer than
  /// its share where there is one.
  init(publisher: Publisher, lanes: [SpoolLane], brokerShare: Duration, logger: Logger) {
    self.publisher = publisher
    publishes = SharedPublishes(publisher)
    self.lanes = Dictionary(uniqueKeysWithValues: lanes.map { ($0.stage, $0) })
    self.brokerShare = brokerShare
    self.logger = logger
  }

  func store(_ message: Message, deadline: ContinuousClock.Instant) async -> Result<Void, Failure> {
    guard let lane = lanes[message.stage] else {
      return await publish(message, deadline: deadline)
    }
    let isAlive = publisher.isConnected && !publisher.isBlocked
    let asksBroker = isAlive ? await lane.letsPass(by: deadline) : false
    if asksBroker {
      let share = min(deadline, .now + brokerShare)
      if case .success = await publish(message, deadline: share) {
        if lane.isInDoubt { _ = lane.setDoubt(false) }
        return .success(())
      }
    }
    if asksBroker || !isAlive, lane.setDoubt(true) {
      logger.warning(
        "the broker does not take messages; they go to the spool",
        metadata: ["stage": "\(lane.stage)"]
      )
    }
    // A disk that hangs must not use up the time of a broker that may well take it.
    let reserve = isAlive && !asksBroker ? min(brokerShare, (deadline - .now) / 2) : .zero
    switch await lane.spool.append(message, deadline: deadline - reserve) {
    case .success: return .success(())
    case .failure(let error):
      guard !asksBroker else { return .failure(.spool(error)) }
      // The last chance: the doubt may be old.
      guard case .success = await publish(message, deadline: deadline) else {
        return .failure(.spool(error))
      }
      _ = lane.setDoubt(false)
      return .success(())
    }
  }

  private func publish(
    _ message: Message,
    deadline: ContinuousClock.Instant
  ) async -> Result<Void, Failure> {
    let outbound = OutboundMessage(Outgoing(message))
    return await publishes.publish(outbound, deadline: deadline).mapError { cause in
      .broker(BrokerFailure(cause, exchange: outbound.exchange, routingKey: outbound.routingKey))
    }
  }
}
