import BeltStorage
import Leads
import Belt

extension Arrival {
  /// What goes on from here: the event, or tags that are newer than those of a known event.
  var follow: Message? {
    guard let event, let lead = event.leadID(in: message.integration) else { return nil }
    let part = String(self.lead.position)
    switch decision {
    case .success(.accept):
      return message.following(
        to: .centralizer,
        LeadImported(lead: lead, event: event.id(in: message.integration)),
        journey: self.lead.journey,
        part: part
      )
    case .success(.renew(let fields)), .success(.hear(_, let fields)):
      guard fields.contains("tags") else { return nil }
      return message.following(
        to: .tagSync,
        LeadTagged(lead: lead),
        journey: self.lead.journey,
        part: part
      )
    case .success(.ignore), .success(.duplicate), .success(.putAside), .failure: return nil
    }
  }

  /// What the lead's journey says of it; nothing twice.
  ///
  /// `letter`: the dead letter of one that is put aside; nil for the one that is made of it now.
  func lines(letter: Identifier? = nil) -> [Line] {
    guard !isStored else { return [] }
    var reasons = [explanation(letter ?? self.letter)]
    if case .success(.accept) = decision, let doubt { reasons.append(doubt) }
    return reasons.map { reason in
      Line(reason, subject: event?.leadID(in: message.integration), journey: lead.journey)
    }
  }

  private func explanation(_ letter: Identifier) -> Reason {
    switch decision {
    case .success(.accept(let first)):
      let what =
        event?.kind == .opportunityMark
        ? "was marked as opportunity"
        : event?.identifier.map { "converted on “\($0)”" } ?? "converted on a form without a name"
      return noted(
        Reason(
          "imported",
          "The lead \(what) and was imported\(first ? " for the first time" : " again")."
        )
      )
    case .success(.ignore(let reason)): return noted(reason)
    case .success(.hear(let reason, let fields)): return noted(.heard(reason, fields))
    case .success(.duplicate):
      return Reason("duplicate", "This event was delivered before; nothing was done a second time.")
    case .success(.renew(let fields)): return noted(.renewed(fields))
    case .failure(let reason), .success(.putAside(let reason)):
      return Reason(
        reason.code,
        "\(reason.sentence) It was put aside: correct it with esteira dead-letters edit \(letter), "
          + "then send it again with esteira dead-letters retry \(letter)."
      )
    }
  }

  /// With how the body was read.
  private func noted(_ reason: Reason) -> Reason {
    Reason(reason.code, ([reason.sentence] + (event?.notes ?? [])).joined(separator: " "))
  }
}
