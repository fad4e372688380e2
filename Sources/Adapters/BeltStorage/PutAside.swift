import Leads
import Postgres
import StrictJSON
package import Belt

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

  /// The id of the dead letter that is made of it.
  package var letter: Identifier {
    Identifier(derivedFrom: message.id.description, "put aside", String(lead.position))
  }

  /// The lead alone, as a webhook that can be sent again and goes on in the lead's journey.
  ///
  /// `leads`: those of its webhook; empty when it holds nothing else.
  fileprivate func alone(of leads: [JSON]) -> Message {
    let body: JSON? =
      leads.indices.contains(lead.position) ? ["leads": [leads[lead.position]]] : nil
    return Message(
      id: letter,
      type: message.type,
      stage: message.stage,
      integration: message.integration,
      journey: lead.journey,
      body: body?.encoded ?? message.body,
      arrivedAt: message.arrivedAt,
      notes: message.notes
    )
  }
}

extension ImportStore {
  static func putAside(_ arrivals: [Arrival]) -> [SQL] {
    // A body is read once more, however many of its leads are put aside.
    var leads: [IntegrationKey: [JSON]] = [:]
    let parked = arrivals.compactMap { arrival -> (message: Message, reason: Reason)? in
      guard let reason = arrival.refusal else { return nil }
      let key = IntegrationKey(arrival.message.integration, arrival.message.id)
      let all = leads[key] ?? RDWebhookBody.leads(in: arrival.message.body)
      leads[key] = all
      return (arrival.alone(of: all), reason)
    }
    return parked.isEmpty ? [] : [DeadLetterRecorder.recording(parked)]
  }
}
