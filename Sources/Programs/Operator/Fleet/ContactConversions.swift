import Bootstrap
import EmbeddedCRM
import FoundationEssentials
import Leads
import StrictJSON
import WorkQueues
import Belt

/// What a salesperson does with contacts of the embedded CRM, and the fleet being told of it.
struct ContactConversions {
  let access: FleetAccess

  /// Reads how a person names a contact: an id of it or of one of its opportunities, or its e-mail.
  ///
  /// Nil for anything else.
  static func reference(_ text: String) -> ContactDesk.Reference? {
    if let id = Identifier(text) { return .id(id) }
    return EmailAddress(text).map(ContactDesk.Reference.email)
  }

  /// Makes the contact this, and announces it.
  ///
  /// - Throws: ``Refusal`` when it is not exactly one contact, nothing is changed then; with status 75
  ///   when the change is saved and not announced: the same command announces it, under the same id.
  func convert(
    _ reference: ContactDesk.Reference,
    to standing: ContactStanding,
    in integration: String?
  ) async throws -> ContactDesk.Contact {
    let desk = ContactDesk(pool: access.pool)
    let found = try await desk.find(reference, in: integration)
    guard let contact = found.first else {
      throw Refusal("there is no such contact. Run: esteira contact ls")
    }
    guard found.count == 1 else {
      let names = found.map(\.integration).joined(separator: ", ")
      throw Refusal(
        "several integrations know this contact (\(names)). Name one: --integration",
        code: Refusal.usage
      )
    }
    guard let changed = try await desk.convert(contact.id, to: standing, in: contact.integration)
    else {
      throw Refusal("the contact \(contact.id) is gone", code: Refusal.again)
    }
    // A contact without events has no lead, so RD Station knows nobody to be told of.
    if let journey = try await desk.journey(of: changed.id, in: changed.integration) {
      try await announce(changed, on: journey)
    }
    return changed
  }

  private func announce(_ changed: ContactDesk.Contact, on journey: Identifier) async throws {
    let message = Self.announcement(
      of: changed.id,
      version: changed.version,
      in: changed.integration,
      journey: journey
    )
    do {
      try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger) { outbox in
        try await outbox.publish([Outgoing(message)])
      }
    } catch let failure as BrokerFailure {
      throw Refusal(
        "the change is saved, but not announced: \(failure) Run the same command again.",
        code: Refusal.again
      )
    }
  }

  /// The message that tells of a changed contact, with an id derived from the contact and its version.
  static func announcement(
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
