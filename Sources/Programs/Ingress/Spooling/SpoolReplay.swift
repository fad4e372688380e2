import Logging
import Observability
import RabbitMQ
import ServiceLifecycle
import WorkQueues
import Belt

/// Sends what a spool holds to the broker, oldest first, as soon as the broker takes it.
///
/// After a crash or a lost confirm a message is sent again with the same id, which the stage's receipt
/// absorbs.
struct SpoolReplay: Service {
  let lane: SpoolLane
  let publisher: Publisher
  let logger: Logger

  /// Several times what comes in meanwhile, so that the line gets shorter.
  private static let batchMax = 1024
  private static let deadline: Duration = .seconds(5)
  private static let pause: Duration = .milliseconds(500)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await _ in lane.spool.news { await replayAll() }
    }
    // Hooks stopped before, so nobody stores any more.
    await lane.spool.close()
  }

  private func replayAll() async {
    var sent = 0
    var lastFailure: String?
    while !Task.isCancelled {
      let failure: String
      do throws(SpoolError) {
        // One as a probe, as long as nothing shows that the broker takes more.
        let batch = try await lane.spool.next(max: lane.isInDoubt ? 1 : Self.batchMax)
        guard !batch.isEmpty else { return reportEnd(sent) }
        guard let cause = await publish(batch, &sent) else { continue }
        failure = cause
      } catch {
        failure = "\(error)"
      }
      // Once a cause, not once a second.
      if failure != lastFailure {
        logger.warning("spool: waiting", metadata: metadata(sent, reason: failure))
      }
      lastFailure = failure
      guard await Pause.real.pause(for: Self.pause) else { return }
    }
  }

  /// - Returns: Why not all were confirmed, as a code; nil when they were.
  private func publish(_ batch: [Message], _ sent: inout Int) async -> String? {
    guard publisher.isConnected else { return "broker_away" }
    guard !publisher.isBlocked else { return "broker_blocked" }
    let outbound = batch.map { OutboundMessage(Outgoing($0)) }
    let results = await publisher.publish(outbound, deadline: Self.deadline)
    // Those behind the first failure are sent again, which is harmless and keeps the order.
    let confirmed = results.prefix { if case .success = $0 { true } else { false } }.count
    await lane.spool.advance(by: confirmed)
    sent += confirmed
    if confirmed > 0, lane.setDoubt(false) {
      logger.notice("spool: the broker takes messages again", metadata: metadata(sent))
    }
    guard confirmed < results.count, case .failure(let cause) = results[confirmed] else {
      return nil
    }
    if confirmed == 0 { _ = lane.setDoubt(true) }
    let message = outbound[confirmed]
    return BrokerFailure(cause, exchange: message.exchange, routingKey: message.routingKey)
      .reason.code
  }

  private func reportEnd(_ sent: Int) {
    guard sent > 0 else { return }
    logger.notice("spool: everything was sent", metadata: metadata(sent))
  }

  private func metadata(_ sent: Int, reason: String? = nil) -> Logger.Metadata {
    var metadata = lane.spool.gauge.metadata
    metadata["stage"] = "\(lane.stage)"
    metadata["sent"] = "\(sent)"
    if let reason { metadata[LogKey.reason] = "\(reason)" }
    return metadata
  }
}
