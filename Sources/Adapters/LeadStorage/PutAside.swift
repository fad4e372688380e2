import Leads
import Postgres
package import Workers

/// A lead of a webhook that nothing can be made of, as a dead letter of its own: the others of the body
/// go on, and it can be listed, searched, corrected and sent again.
extension ImportStore.Arrival {
  /// Why it is put aside; nil for a lead that was decided.
  package var refusal: Reason? {
    switch decision {
    case .failure(let reason), .success(.putAside(let reason)): reason
    case .success: nil
    }
  }

  /// The lead alone, as a webhook that can be sent again and goes on in the lead's journey.
  package var putAside: Message {
    Message(
      id: Identifier(derivedFrom: message.id.description, "put aside", String(lead.position)),
      type: message.type,
      stage: message.stage,
      integration: message.integration,
      journey: lead.journey,
      body: lead.body(in: message),
      arrivedAt: message.arrivedAt,
      notes: message.notes
    )
  }
}

extension ImportStore {
  static func putAside(_ arrivals: [Arrival]) -> [SQL] {
    let parked = arrivals.compactMap { arrival in
      arrival.refusal.map { (message: arrival.putAside, reason: $0) }
    }
    return parked.isEmpty ? [] : [DeadLetterDesk.recording(parked)]
  }
}
