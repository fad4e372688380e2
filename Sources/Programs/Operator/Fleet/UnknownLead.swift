import Bootstrap
import FoundationEssentials
import BeltStorage
import Leads
import Postgres
import RabbitMQ
import WorkQueues
import Belt

/// What can be said of a text of which no journey is known.
///
/// A webhook that was accepted may wait for the importer, so that nobody can say that it never came.
struct UnknownLead: Sendable, Hashable {
  enum Backlog: Sendable, Hashable {
    /// So many messages wait for the importer.
    case waiting(Int)
    /// Nobody could look, for this reason.
    case unseen(String)
  }

  let text: String
  /// In UTC.
  let at: String
  let backlog: Backlog
  /// Where the message with this id was given up, or handled.
  var end: String?

  /// Leads are found by keys that have an index; a name has none.
  static func notSearched(_ text: String) -> Refusal {
    Refusal(
      "“\(text)” is no e-mail address, phone, tax id or id; explain finds leads by these, and not by "
        + "names. See: esteira contact ls, esteira opportunity ls",
      code: Refusal.usage
    )
  }

  var refusal: Refusal {
    if let end { return Refusal("no lead is known by “\(text)”: \(end)") }
    let lead = "no lead is known by “\(text)” as of \(at)"
    let kept = "was kept out more than 30 days ago"
    return switch backlog {
    case .waiting(0):
      Refusal(
        "\(lead). The importer has handled everything that RabbitMQ holds for it, so it did not arrive, "
          + "waits on ingress' own disk, or \(kept). See: esteira ignored ls, esteira dead-letters ls"
      )
    case .waiting(let count):
      Refusal(
        "\(lead). It may be waiting: \(count == 1 ? "1 message" : "\(count) messages") in the importer's "
          + "queue \(count == 1 ? "is" : "are") accepted and not handled yet. Look again later; whether "
          + "the importer runs, says: esteira doctor",
        code: Refusal.again
      )
    case .unseen(let why):
      Refusal(
        "\(lead). It may be waiting for the importer, whose queue could not be looked at (\(why)); "
          + "otherwise it did not arrive, or \(kept). See: esteira doctor, esteira ignored ls"
      )
    }
  }
}

extension UnknownLead {
  init(_ text: String, in integration: String?, _ access: FleetAccess) async throws {
    var end: String?
    if let id = Identifier(text) { end = try await Self.end(of: id, in: integration, access.pool) }
    self.init(
      text: text,
      at: Date.now.formatted(.iso8601),
      backlog: await Self.backlog(at: access.settings.brokerEndpointIfSet),
      end: end
    )
  }

  /// A message may have an id and be no lead's: of a webhook of the CRM, or of a body without leads.
  private static func end(of id: Identifier, in integration: String?, _ pool: PostgresPool)
    async throws -> String?
  {
    if let letter = try await DeadLetterDesk(pool: pool).find([id], in: integration).first {
      return
        "it is a message that was given up at \(letter.message.stage) (\(letter.reason.code)): "
        + "\(letter.reason.sentence) See: esteira dead-letters show \(id)"
    }
    return try await JourneyReader(pool: pool).handled(id, in: integration).map {
      "it is a message that \($0) has handled, and which held no lead."
    }
  }

  private static func backlog(at endpoint: Endpoint?) async -> Backlog {
    guard let endpoint else { return .unseen("ESTEIRA_AMQP_URL is not set") }
    let link = AdminLink(endpoint)
    let backlog: Backlog
    do throws(LinkError) {
      var waiting = try await link.checkQueue(Topology.queue(of: .leadImporter)).ready
      for tier in DelayTier.allCases {
        waiting += try await link.checkQueue(Topology.retryQueue(of: .leadImporter, tier)).ready
      }
      backlog = .waiting(waiting)
    } catch {
      backlog = .unseen("\(error)")
    }
    await link.close()
    return backlog
  }
}
