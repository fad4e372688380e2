private import StrictJSON
package import Belt

/// A webhook message with the leads that its body holds.
package struct WebhookContent: Sendable {
  /// One lead of the body, with its place and the journey that it begins.
  package struct Lead: Sendable {
    package let position: Int
    package let journey: Identifier
    package let item: RDWebhookBody.Item

    /// The lead as the settings understand it.
    package func understood(in settings: Settings?) -> Lead {
      Lead(position: position, journey: journey, item: item.map { $0.understood(in: settings) })
    }

    /// The lead with its event under the id that it is stored with.
    package func recognised(by known: ImportKnowledge, in integration: String) -> Lead {
      Lead(
        position: position,
        journey: journey,
        item: item.map { known.recognised($0, in: integration) }
      )
    }
  }

  package let message: Message
  package let leads: [Lead]
  /// False for a piece of it.
  package let isWhole: Bool

  /// Never fails: a body that cannot be read is one lead that cannot be read, so that the ledger
  /// counts it and the journey says why.
  package init(of message: Message) {
    self.message = message
    isWhole = true
    let items: [RDWebhookBody.Item]
    do {
      items = try RDWebhookBody.items(
        of: try JSON(parsing: message.body),
        trigger: message.notes["trigger"]
      )
    } catch let unreadable as RDWebhookBody.Unreadable {
      items = [.failure(unreadable)]
    } catch {
      items = [.failure(RDWebhookBody.Unreadable(detail: "it is no JSON: \(error)"))]
    }
    leads = items.enumerated().map { position, item in
      Lead(
        position: position,
        journey: position == 0 && message.isPutAside
          ? message.journey
          : Identifier(derivedFrom: message.id.description, "lead", String(position)),
        item: item
      )
    }
  }

  private init(_ message: Message, _ leads: [Lead]) {
    self.message = message
    self.leads = leads
    isWhole = false
  }

  /// The same webhook with some of its leads, in their places and with their journeys.
  package func piece(_ places: Range<Int>) -> WebhookContent {
    WebhookContent(message, Array(leads[places]))
  }

  /// A body that no message carries, such as one that is only rehearsed.
  package init(body: [UInt8], integration: String, trigger: String?) {
    let id = Identifier(derivedFrom: integration, "rehearsal")
    self.init(
      of: Message(
        id: id,
        type: WebhookReceived.type,
        stage: Flow.leadImporter.stage,
        integration: integration,
        journey: id,
        body: body,
        notes: trigger.map { ["trigger": $0] } ?? [:]
      )
    )
  }

  /// The events that could be read.
  package var events: [LeadEvent] {
    leads.compactMap { lead in
      guard case .success(let event) = lead.item else { return nil }
      return event
    }
  }
}

extension WebhookContent: StageInput {
  package static var kinds: [InputKind<Self>] {
    [InputKind(WebhookReceived.type) { WebhookContent(of: $0) }]
  }
}

extension Message {
  /// Whether a webhook is one lead of another that was put aside: it goes on in that lead's journey,
  /// while a webhook as it arrives begins its own.
  package var isPutAside: Bool { journey != id }
}
