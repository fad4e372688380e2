private import Belt
package import Logging
package import RabbitMQ
private import Synchronization

/// Looks now and then whether a program's queues are still there, for its readiness.
///
/// A publisher notices a missing queue only when it publishes, and one that is not ready gets nothing
/// to publish: somebody else must look.
package final class TopologyWatch: Sendable {
  private let link: AdminLink
  private let queues: [String]
  private let interval: Duration
  private let state = Mutex<[String]>([])
  private let logger: Logger

  /// Makes a watch that looks at nothing until it runs.
  package init(
    _ endpoint: Endpoint,
    queues: [String],
    every interval: Duration = .seconds(15),
    logger: Logger
  ) {
    link = AdminLink(endpoint)
    self.queues = queues
    self.interval = interval
    self.logger = logger
  }

  /// The queues that were not there at the last look; empty before the first.
  package var missing: [String] { state.withLock { $0 } }

  /// Looks until the task is cancelled, on a connection made for each look.
  package func run() async {
    repeat { await look() } while await Pause.real.pause(for: interval)
  }

  func look() async {
    var missing: [String] = []
    for queue in queues {
      do throws(LinkError) {
        _ = try await link.checkQueue(queue)
      } catch .channelClosed(code: 404, _) {
        missing.append(queue)
      } catch {
        // The broker is away: that is another check's to tell, and says nothing of the queues.
        logger.debug("could not look at the queues", metadata: ["error": "\(error)"])
        await link.close()
        return
      }
    }
    await link.close()
    let isNews = state.withLock { known in
      defer { known = missing }
      return known != missing
    }
    guard isNews else { return }
    if missing.isEmpty {
      logger.notice("all queues are there again")
    } else {
      logger.error(
        "queues are missing; run: esteira topology apply",
        metadata: ["queue": "\(missing.joined(separator: ","))"]
      )
    }
  }
}
