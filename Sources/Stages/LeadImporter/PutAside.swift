import BeltStorage
import Leads
import Postgres
import StrictJSON
import Belt

/// A lead of a webhook that nothing can be made of, as a dead letter of its own: the others of the body
/// go on, and it can be listed, searched, corrected and sent again.
extension Arrival {
  /// The id of the dead letter that is made of it.
  var letter: Identifier {
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
      round: message.round,
      trigger: message.trigger,
      trace: message.trace?.onward
    )
  }
}

enum PutAside {
  static func writing(_ arrivals: [Arrival]) -> [Write] {
    // A body is read once more, however many of its leads are put aside.
    var leads: [IntegrationKey: [JSON]] = [:]
    let parked = arrivals.compactMap { arrival -> (message: Message, reason: Reason)? in
      guard let reason = arrival.refusal else { return nil }
      let key = IntegrationKey(arrival.message.integration, arrival.message.id)
      let all = leads[key] ?? RDWebhookBody.leads(in: arrival.message.body)
      leads[key] = all
      return (arrival.alone(of: all), reason)
    }
    return parked.isEmpty ? [] : [.own(DeadLetterRecorder.recording(parked))]
  }
}
