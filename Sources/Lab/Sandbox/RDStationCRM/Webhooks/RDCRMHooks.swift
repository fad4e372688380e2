internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// What has happened to a record.
enum RDCRMEvent: String, Sendable {
  case created, updated, deleted
}

/// A record that webhooks tell of.
protocol RDCRMTold: Sendable {
  /// Such as `deal` in `crm_deal_updated`.
  static var word: String { get }
  var id: String { get }
  var name: String { get }
  func document(in books: RDCRMBooks) -> JSON
}

extension RDCRMSimulator {
  /// Tells every webhook that hears it, after the answer.
  func tell(_ event: RDCRMEvent, of record: some RDCRMTold, in account: RDCRMAccount) {
    send(event, of: record, in: account)
    let updates = settings.withLock { $0.flag("webhook_updated_on_creation") }
    if event == .created, updates { send(.updated, of: record, in: account) }
  }

  /// The body of one delivery; each has a transaction of its own.
  func hook(_ event: RDCRMEvent, of record: some RDCRMTold, in account: RDCRMAccount) -> JSON {
    let at = now()
    return account.books.withLock { books in
      [
        "event_name": .string("crm_\(type(of: record).word)_\(event.rawValue)"),
        "event_timestamp": .string("\(at.utc.dropLast()).000Z"),
        "transaction_uuid": .string(books.generator.uuid()),
        "document": event == .deleted
          ? ["id": .string(record.id), "name": .string(record.name)]
          : record.document(in: books),
      ]
    }
  }

  private func send(_ event: RDCRMEvent, of record: some RDCRMTold, in account: RDCRMAccount) {
    let name = "crm_\(type(of: record).word)_\(event.rawValue)"
    let hearing = account.books.withLock { books in
      books.webhooks.filter { $0.event == name && $0.status == "active" }
    }
    let settings = settings.withLock { $0 }
    for webhook in hearing {
      for _ in 0..<max(1, settings.number("webhook_repeats")) {
        let body = hook(event, of: record, in: account).encoded
        work.start { [self] in await deliver(body, to: webhook, settings, in: account) }
      }
    }
  }

  private func deliver(
    _ body: [UInt8],
    to webhook: RDCRMWebhook,
    _ settings: RDCRMSettings,
    in account: RDCRMAccount
  ) async {
    let header = webhook.header.flatMap { name in webhook.key.map { (name, $0) } }
    let made = await poster.deliver(
      to: webhook.url,
      policy: settings.webhookPolicy,
      header: header
    ) { _ in body }
    let suspendAfter = settings.number("webhook_suspend_after")
    account.books.withLock { books in
      guard let index = books.webhooks.firstIndex(where: { $0.id == webhook.id }) else { return }
      books.webhooks[index].failures = made.isDelivered ? 0 : books.webhooks[index].failures + 1
      if suspendAfter > 0, books.webhooks[index].failures >= suspendAfter {
        books.webhooks[index].status = "suspended"
      }
    }
    record(
      "webhook",
      account,
      identifier: webhook.event,
      value: .number(made.attempts),
      status: made.isDelivered ? "delivered" : "failed"
    )
  }
}
