import Belt
import Leads
package import RabbitMQ
import WorkQueues

/// The messages that wait at a broker.
package enum WaitingMessages {
  /// How many wait in the stages' queues and their delay queues.
  ///
  /// - Throws: ``LinkError`` when the broker does not answer, or a queue is missing.
  package static func count(at broker: Endpoint) async throws -> Int {
    let link = AdminLink(broker)
    var waiting = 0
    do throws(LinkError) {
      for stage in Flow.allCases {
        waiting += try await link.checkQueue(Topology.queue(of: stage)).ready
        for tier in DelayTier.allCases {
          waiting += try await link.checkQueue(Topology.retryQueue(of: stage, tier)).ready
        }
      }
    } catch {
      await link.close()
      throw error
    }
    await link.close()
    return waiting
  }
}
