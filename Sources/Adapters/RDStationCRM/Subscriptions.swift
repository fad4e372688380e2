package import Belt
package import OutsideCalls
import StrictJSON

/// A webhook as either version shows it.
package struct RDCRMWebhookState: Sendable, Hashable {
  package let id: String
  package let event: String
  package let url: String
  /// `active`, `suspended`, `inactive`.
  package let status: String

  init?(v1 json: JSON) {
    guard let id = json["uuid"]?.string ?? json.recordID,
      let event = json["event_type"]?.string, let url = json["url"]?.string
    else { return nil }
    self.id = id
    self.event = event
    self.url = url
    status = json["status"]?.string ?? "active"
  }

  init?(v2 json: JSON) {
    guard let id = json.recordID, let event = json["event_name"]?.string,
      let url = json["url"]?.string
    else { return nil }
    self.id = id
    self.event = event
    self.url = url
    status = json["status"]?.string ?? "active"
  }
}

/// The webhooks by which an account tells us of changes.
package struct RDCRMSubscriptions: Sendable {
  /// One webhook an event.
  ///
  /// Nobody is told apart by them: won, lost and moved are all `updated`.
  package static let events = [
    "crm_deal_created", "crm_deal_updated", "crm_deal_deleted", "crm_contact_updated",
    "crm_contact_deleted", "crm_organization_updated", "crm_organization_deleted",
  ]

  private let api: any RDCRMAPI

  /// Of v1, with a user's token.
  package static func v1(_ caller: Caller, integration: String) -> RDCRMSubscriptions {
    RDCRMSubscriptions(api: V1(caller, integration: integration))
  }

  /// Of v2, with OAuth.
  package static func v2(_ caller: Caller, integration: String) -> RDCRMSubscriptions {
    RDCRMSubscriptions(api: V2(caller, integration: integration))
  }

  /// Makes every event come to that address: what is missing is made, what is suspended is put in force
  /// again, and all of it is read back.
  ///
  /// Repeating it makes no second webhook. The address is a secret: the vendor signs nothing.
  ///
  /// - Returns: The events that are not in force all the same; none when all is well.
  /// - Throws: ``CallError``.
  package func register(_ url: String) async throws(CallError) -> [String] {
    let known = try await api.webhooks().filter { $0.url == url }
    for event in Self.events {
      switch known.first(where: { $0.event == event }) {
      case nil: try await make(event, url)
      case let webhook? where webhook.status != "active": try await api.reactivate(webhook)
      default: continue
      }
    }
    let active = Set(
      try await api.webhooks().filter { $0.url == url && $0.status == "active" }.map(\.event)
    )
    return Self.events.filter { !active.contains($0) }
  }

  /// Whether it was made is read back with all the others.
  private func make(_ event: String, _ url: String) async throws(CallError) {
    do throws(CallError) {
      try await api.addWebhook(event, to: url)
    } catch {
      guard case .unknown = error.meaning else { throw error }
    }
  }
}
