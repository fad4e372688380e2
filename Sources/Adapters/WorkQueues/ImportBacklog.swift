private import Leads
package import RabbitMQ
private import Belt

/// What ingress accepted and the importer has not imported yet, as far as it lies with the broker.
///
/// Of all integrations together: the importer's queue is theirs together.
package struct ImportBacklog: Sendable, Hashable {
  /// In the importer's queue, taken by nobody.
  package var queued: Int
  /// Taken by an importer that has not finished with them; nil when that could not be asked.
  ///
  /// By the broker's own statistics, which are up to five seconds old.
  package var inHand: Int?
  /// Waiting for another try.
  package var delayed: Int

  package var total: Int { queued + (inHand ?? 0) + delayed }

  /// Asks the broker for what is queued, which is exact, and its statistics for what is in hand, where given.
  ///
  /// - Throws: ``LinkError`` when the broker does not answer; a queue that is missing holds nothing.
  package static func read(
    _ endpoint: Endpoint,
    statistics: BrokerDefinitions?
  ) async throws(LinkError) -> ImportBacklog {
    let link = AdminLink(endpoint)
    let work = Topology.queue(of: .entry)
    do throws(LinkError) {
      let queued = try await ready(work, link)
      var delayed = 0
      for tier in DelayTier.allCases {
        delayed += try await ready(Topology.retryQueue(of: .entry, tier), link)
      }
      await link.close()
      return ImportBacklog(
        queued: queued,
        inHand: await statistics?.unsettled(in: work),
        delayed: delayed
      )
    } catch {
      await link.close()
      throw error
    }
  }

  private static func ready(_ queue: String, _ link: AdminLink) async throws(LinkError) -> Int {
    do throws(LinkError) {
      return try await link.checkQueue(queue).ready
    } catch .channelClosed(code: 404, _) {
      return 0
    } catch {
      throw error
    }
  }
}

extension ImportBacklog: CustomStringConvertible {
  package var description: String {
    let hand = inHand.map { ", \($0) in hand" } ?? ""
    return
      "accepted and not yet imported, of all integrations: \(total) with the broker (\(queued) queued\(hand), \(delayed) waiting for another try)"
  }
}
