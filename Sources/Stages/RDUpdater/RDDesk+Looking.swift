import Leads
import RDStation
import Belt

extension RDDesk {
  /// What a look for events of unknown outcome found.
  enum Search {
    case ended(RDTold)
    /// Certainly not carried out, and may be sent now.
    case missing([RDOwed])
  }

  /// Looks for what may have been sent, by its witness at RD Station.
  ///
  /// No call begins after `end`; what was seen by then counts for no look.
  func lookFor(
    _ item: Item,
    age: Duration,
    reads: Int,
    before end: ContinuousClock.Instant
  ) async -> Search {
    let (message, plan) = item
    guard !plan.people.isEmpty else { return .ended(.undecidable) }
    let isOver = patience.isOver(at: age)
    var owed: [RDOwed] = []
    var isCertain = true
    var isInPart = false
    do throws(CallError) {
      for person in plan.people {
        guard ContinuousClock.now < end else { return .ended(.tooLate(plan)) }
        switch try await look(for: plan, of: message, about: person, isLast: isOver, before: end) {
        case .all: continue
        case .part(let missing):
          isInPart = true
          owed.append(RDOwed(person: person, events: missing))
        case .nothing: owed.append(RDOwed(person: person, events: plan.update.events))
        case .undecidable: isCertain = false
        }
      }
    } catch {
      return .ended(.unreadable(error))
    }
    if owed.isEmpty, isCertain { return .ended(.told(plan.update)) }
    // RD works on events later: an early look that finds nothing proves nothing, to us or to a person.
    guard isOver else {
      let wait = patience.wait(afterLooks: reads, at: age)
      return .ended(.unknown(wait: wait, reads: reads + 1, isInPart: isInPart))
    }
    return isCertain ? .missing(owed) : .ended(.undecidable)
  }

  private func look(
    for plan: RDPlan,
    of message: Message,
    about person: RDPerson,
    isLast: Bool,
    before end: ContinuousClock.Instant
  ) async throws(CallError) -> RDLook {
    guard let contact = person.contact else { return .undecidable }
    switch plan.witness {
    case .conversion:
      // A message that comes late may have many conversions before its own.
      let limit = isLast ? 200 : 50
      let history = try await client.conversions(
        of: contact,
        for: message.integration,
        limit: limit,
        before: end
      )
      return RDLook(
        for: plan.update.events,
        marker: "\(message.id)",
        among: history,
        isWhole: history.count < limit
      )
    case .mark(let isMarked):
      let funnel = try await client.funnel(of: contact, for: message.integration)
      // A mark that is not there proves nothing: a person may have changed it meanwhile.
      return funnel?.opportunity == isMarked ? .all : .undecidable
    case .none: return .undecidable
    }
  }
}
