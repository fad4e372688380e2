import BeltStorage
import Leads
import Belt

/// A batch of the RD updater, read: which opportunity or contact each message speaks of, and for a
/// changed opportunity, how the CRM shows it now (R29: decided by the state read back, never by the
/// message).
struct RDUpdaterInbox {
  private(set) var requests: [RDUpdateStore.Request] = []
  private(set) var hooks: [Message] = []
  private(set) var refused: [Identifier: Outcome] = [:]

  init(reading batch: [Message], database: LeadDatabase, crms: CRMs) async throws {
    var changed: [(message: Message, opportunity: Identifier)] = []
    for message in batch {
      do throws(MessageFault) {
        switch message.type {
        case OpportunityCreated.type:
          let body = try message.body(as: OpportunityCreated.self)
          requests.append(.init(message: message, topic: .created(body.opportunity)))
        case OpportunityRevised.type:
          let body = try message.body(as: OpportunityRevised.self)
          requests.append(.init(message: message, topic: .revised(body.opportunity)))
        case ContactChanged.type:
          let body = try message.body(as: ContactChanged.self)
          requests.append(.init(message: message, topic: .contact(body.contact)))
        case CRMHookReceived.type: hooks.append(message)
        default:
          let body = try message.body(as: OpportunityChanged.self)
          changed.append((message, body.opportunity))
        }
      } catch {
        refused[message.id] = error.outcome(of: message)
      }
    }
    let states = try await CRMReadings(
      of: changed.map { IntegrationKey($0.message.integration, $0.opportunity) },
      database: database,
      crms: crms
    )
    for (message, opportunity) in changed {
      let key = IntegrationKey(message.integration, opportunity)
      switch states.state(of: key) {
      case .success(let state?):
        requests.append(.init(message: message, topic: .changed(opportunity, state)))
      case .success(nil):
        if let wait = Self.wait(of: message, for: states.standing(of: key)) {
          refused[message.id] = wait
        } else {
          requests.append(.init(message: message, topic: .foreign(opportunity)))
        }
      case .failure(let error):
        refused[message.id] = error.outcome(of: message)
      }
    }
  }

  /// Looks for one whose creation has no known outcome yet: that of half an hour.
  private static let awaitedLooks = 60

  /// What to do about an opportunity that cannot be read; nil when it is no business of ours: a CRM
  /// speaks of all its deals, and most are not from a lead.
  private static func wait(of message: Message, for standing: CRMReadings.Standing) -> Outcome? {
    let looks: Int
    switch standing {
    case .recorded:
      return .retry(
        Reason("opportunity_not_found", "The CRM does not show the opportunity (yet).")
      )
    case .awaited: looks = awaitedLooks
    case .foreign: looks = CRMHooks.foreignLooks
    }
    guard message.deferrals < looks else { return nil }
    return .snooze(message.waitBeforeAnotherLook, .opportunityAwaited)
  }

}

extension Reason {
  static let opportunityAwaited = Reason(
    "opportunity_awaited",
    "The CRM spoke of an opportunity that is not recorded here; it is looked for again shortly."
  )
}
