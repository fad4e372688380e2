import Leads
import Belt

/// An event of which something is taken in.
struct Heard {
  let integration: String, lead: Identifier, event: LeadEvent
  /// Nil for an event that was stored before or is none, and says something newer of its lead.
  let first: Bool?
  let namesReplaced: [String]
  let journey: Identifier, arrivedAt: Int64, time: SourceTime

  var sourceAt: Int64 { time.at.milliseconds }

  init?(_ arrival: Arrival) {
    switch arrival.decision {
    case .success(.accept(let isFirst)): first = isFirst
    case .success(.renew), .success(.hear): first = nil
    case .success(.ignore), .success(.duplicate), .success(.putAside), .failure: return nil
    }
    guard let event = arrival.event, let lead = event.leadID(in: arrival.message.integration)
    else { return nil }
    integration = arrival.message.integration
    self.lead = lead
    self.event = event
    namesReplaced = arrival.namesReplaced
    journey = arrival.lead.journey
    arrivedAt = arrival.message.arrivedAt
    time = SourceTime(of: event, arrivedAt: arrivedAt)
  }
}
