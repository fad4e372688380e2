import BeltStorage
import Leads
import Belt

/// What is to be told about one opportunity or contact, and to whom.
package struct RDPlan: Sendable {
  let update: RDUpdate
  /// The opportunity or the contact.
  let subject: Identifier
  /// Whom the events are about, all with a valid e-mail.
  let people: [RDPerson]
  /// Who is to be told of what, where a look has shown that not all of it is missing.
  var owed: [RDOwed]?

  init(_ update: RDUpdate, of subject: Identifier, people: [RDPerson]) {
    self.update = update
    self.subject = subject
    self.people = people.filter(\.isReachable)
  }

  /// By what it can be found out afterwards whether RD Station took the events.
  enum Witness: Sendable {
    /// Our marker is in the person's history.
    case conversion
    /// The person is marked as an opportunity, or no longer.
    case mark(Bool)
    case none
  }

  var witness: Witness {
    var mark: Witness = .none
    for event in update.events {
      switch event {
      case .conversion: return .conversion
      case .opportunity: mark = .mark(true)
      // RD takes the mark away.
      case .lost: mark = .mark(false)
      case .sale: break
      }
    }
    return mark
  }
}

extension OnceCall<RDPlan> {
  var intent: Intent { intent(kind: "rd.events", subject: plan.subject, plan: plan.update.json) }
}
