import Leads
import Belt

/// One lead of one webhook, decided.
struct Arrival: Sendable {
  let message: Message
  let lead: WebhookContent.Lead
  let decision: Result<ImportDecision, Reason>
  /// The stored custom fields that the lead tells by another name.
  var namesReplaced: [String] = []
  /// Whether an earlier piece of the webhook has stored it; only what follows from it is wanted.
  var isStored = false

  var event: LeadEvent? {
    guard case .success(let event) = lead.item else { return nil }
    return event
  }

  /// The line that tells that the event's own time is not believed; nil when it is.
  var doubt: Reason? {
    event.flatMap { .sourceTimeAhead(SourceTime(of: $0, arrivedAt: message.arrivedAt)) }
  }

  /// Why it is put aside; nil for a lead that was decided.
  var refusal: Reason? {
    switch decision {
    case .failure(let reason), .success(.putAside(let reason)): reason
    case .success: nil
    }
  }

  /// How the ledger counts it, and why.
  var state: (state: String, reason: String?) {
    switch decision {
    case .success(.accept): ("accepted", nil)
    case .success(.ignore(let reason)), .success(.hear(let reason, _)): ("ignored", reason.code)
    case .success(.duplicate): ("duplicate", "event_known")
    case .success(.renew): ("duplicate", "lead_renewed")
    case .failure(let reason), .success(.putAside(let reason)): ("invalid", reason.code)
    }
  }
}
