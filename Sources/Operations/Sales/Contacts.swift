package import EmbeddedCRM
import FoundationEssentials
package import Leads
package import Postgres
package import StrictJSON
import WorkQueues
package import Belt

/// What a salesperson does with contacts of the embedded CRM, and the fleet being told of it.
package struct Contacts: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Newest first, at most so many; no integration means all, no standing any.
  package func list(
    in integration: String? = nil,
    standing: ContactStanding? = nil,
    limit: Int = 100
  ) async throws -> [ContactDesk.Contact] {
    try await ContactDesk(pool: pool)
      .contacts(in: integration, standing: standing, limit: limit)
  }

  /// Reads how a person names a contact: an id of it or of one of its opportunities, or its e-mail.
  ///
  /// Nil for anything else.
  package static func reference(_ text: String) -> ContactDesk.Reference? {
    if let id = Identifier(text) { return .id(id) }
    return EmailAddress(text).map(ContactDesk.Reference.email)
  }

  /// Makes the contact this, and announces it.
  ///
  /// - Throws: ``Refusal`` when it is not exactly one contact, nothing is changed then; or when the
  ///   change is saved and not announced: doing the same again announces it, under the same id.
  package func convert(
    _ reference: ContactDesk.Reference,
    to standing: ContactStanding,
    in integration: String?,
    publish: ([Outgoing]) async throws -> Void
  ) async throws -> ContactDesk.Contact {
    let desk = ContactDesk(pool: pool)
    let found = try await desk.find(reference, in: integration)
    guard let contact = found.first else {
      throw Refusal(
        .notFound,
        "contact_unknown",
        "there is no such contact",
        remedy: "Run: esteira contact ls"
      )
    }
    guard found.count == 1 else {
      let names = found.map(\.integration).joined(separator: ", ")
      throw Refusal(
        .invalid,
        "contact_ambiguous",
        "several integrations know this contact (\(names))",
        remedy: "Name one: --integration"
      )
    }
    guard let changed = try await desk.convert(contact.id, to: standing, in: contact.integration)
    else { throw Refusal(.unavailable, "contact_gone", "the contact \(contact.id) is gone") }
    // A contact without events has no lead, so RD Station knows nobody to be told of.
    guard let journey = try await desk.journey(of: changed.id, in: changed.integration) else {
      return changed
    }
    let message = Self.announcement(
      of: changed.id,
      version: changed.version,
      in: changed.integration,
      journey: journey
    )
    do {
      try await publish([Outgoing(message)])
    } catch let failure as BrokerFailure {
      throw Refusal(unannounced: failure)
    }
    return changed
  }

  /// The message that tells of a changed contact, with an id derived from the contact and its version.
  package static func announcement(
    of contact: Identifier,
    version: Int,
    in integration: String,
    journey: Identifier
  ) -> Message {
    Message(
      id: Identifier(
        derivedFrom: "contact.changed",
        integration,
        "\(contact)",
        "\(version)",
        Flow.rdUpdater.stage
      ),
      type: ContactChanged.type,
      stage: Flow.rdUpdater.stage,
      integration: integration,
      journey: journey,
      body: ContactChanged(contact: contact, version: version).json.encoded,
      arrivedAt: Int64(Date.now.timeIntervalSince1970 * 1000)
    )
  }
}

extension ContactDesk.Contact: JSONForm {
  package var json: JSON {
    [
      "contact": .string("\(id)"), "integration": .string(integration), "name": .optional(name),
      "email": .optional(email), "phone": .optional(phone), "standing": .string(standing.rawValue),
      "version": .number(version),
    ]
  }
}
