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
      .invalid,
      "lead_not_searched",
      "“\(text)” is no e-mail address, phone, tax id or id; explain finds leads by these, and not by "
        + "names",
      remedy: "See: esteira contact ls, esteira opportunity ls"
    )
  }

  var refusal: Refusal {
    if let end {
      return Refusal(.notFound, "message_without_lead", "no lead is known by “\(text)”: \(end)")
    }
    let lead = "no lead is known by “\(text)” as of \(at)"
    let kept = "was kept out more than 30 days ago"
    return switch backlog {
    case .waiting(0):
      Refusal(
        .notFound,
        "lead_unknown",
        "\(lead). The importer has handled everything that RabbitMQ holds for it, so it did not arrive, "
          + "waits on ingress' own disk, or \(kept)",
        remedy: "See: esteira ignored ls, esteira dead-letters ls"
      )
    case .waiting(let count):
      Refusal(
        .unavailable,
        "lead_may_wait",
        "\(lead). It may be waiting: \(count == 1 ? "1 message" : "\(count) messages") in the importer's "
          + "queue \(count == 1 ? "is" : "are") accepted and not handled yet",
        remedy: "Look again later; whether the importer runs, says: esteira doctor"
      )
    case .unseen(let why):
      Refusal(
        .notFound,
        "lead_unknown_unseen",
        "\(lead). It may be waiting for the importer, whose queue could not be looked at (\(why)); "
          + "otherwise it did not arrive, or \(kept)",
        remedy: "See: esteira doctor, esteira ignored ls"
      )
    }
  }
}

extension Journeys {
  /// - Throws: ``Refusal`` for a text by which no lead is searched, whatever it names.
  package static func check(_ text: String) throws(Refusal) {
    guard isSearched(text) else { throw UnknownLead.notSearched(text) }
  }
}

extension Fleet {
  /// The journeys of the leads that a text names, as ``Journeys/journeys(of:in:limit:)`` finds them.
  ///
  /// - Throws: ``Refusal`` when there is none, with what can be said of it all the same.
  package func explain(_ text: String, in integration: String? = nil, limit: Int = 50) async throws
    -> [LeadJourney]
  {
    try Journeys.check(text)
    try await check(integration)
    let journeys = try await Journeys(pool: pool).journeys(of: text, in: integration, limit: limit)
    guard journeys.isEmpty else { return journeys }
    throw try await UnknownLead(text, in: integration, self).refusal
  }
}

extension UnknownLead {
  init(_ text: String, in integration: String?, _ fleet: Fleet) async throws {
    var end: String?
    if let id = Identifier(text) { end = try await Self.end(of: id, in: integration, fleet.pool) }
    self.init(
      text: text,
      at: Date.now.formatted(.iso8601),
      backlog: await Self.backlog(at: fleet.settings.brokerEndpointIfSet),
      end: end
    )
  }

  /// A message may have an id and be no lead's: of a webhook of the CRM, or of a body without leads.
  private static func end(of id: Identifier, in integration: String?, _ pool: PostgresPool)
    async throws -> String?
  {
    if let letter = try await DeadLetters(pool: pool).find([id], in: integration).first {
      return
        "it is a message that was given up at \(letter.message.stage) (\(letter.reason.code)): "
        + "\(letter.reason.sentence) See: esteira dead-letters show \(id)"
    }
    return try await Journeys(pool: pool).handled(id, in: integration).map {
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
