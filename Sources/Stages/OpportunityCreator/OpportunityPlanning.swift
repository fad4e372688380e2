import BeltStorage
import Leads
import Belt

/// What is still to be done in the CRM for one event.
struct OpportunityPlan: Sendable {
  enum Action: Sendable {
    /// `isResumed`: an earlier attempt may have created it already.
    case create(OpportunityStore.Planned, isResumed: Bool)
    case revise(OpenOpportunity, OpportunityRevision, LeadCentralized, Reason)
  }

  let crm: CRMKind
  let action: Action
}

/// Decides the events of a batch one after the other, each knowing what the earlier ones chose.
struct OpportunityPlanning {
  private let unit: Unit
  private let before: [String: [String: OwnerRotation]]
  private var known: OpportunityStore.Knowledge
  private var made = StageWork<OpportunityPlan>()
  private var chosen: [OpportunityStore.Chosen] = []
  private var holds: [Holds.Hold] = []
  private var ended: [IntegrationKey] = []

  init(_ unit: Unit, knowing known: OpportunityStore.Knowledge) {
    self.unit = unit
    self.known = known
    before = known.rotations
  }

  mutating func decide(_ message: Message, _ body: LeadCentralized) {
    let settings = unit.settings(of: message)
    let key = IntegrationKey(message.integration, body.event)
    if let earlier = known.planned[key] {
      plan(message, settings.crm, .create(earlier, isResumed: true))
      return
    }
    guard let subject = known.subjects[key] else { return }
    let decision = OpportunityDecision(
      for: subject,
      settings: settings,
      created: known.created[message.integration] ?? [:],
      rotations: &known.rotations[message.integration, default: [:]]
    )
    let version = unit.settings[message.integration]?.version
    if case .hold(let reason) = decision {
      holds.append(
        Holds.Hold(
          message: message,
          event: body.event,
          reason: reason,
          configVersion: version ?? 0
        )
      )
    } else if known.held.contains(key) {
      ended.append(key)
    }
    switch decision {
    case .create(let draft, let choice):
      choose(message, body, choice, draft)
      let explanation = draft.explanation(trigger: choice.triggerWords, notes: choice.notes)
      plan(
        message,
        settings.crm,
        .create(.init(draft: draft, explanation: explanation), isResumed: false)
      )
    case .revise(let open, let revision, let choice):
      choose(message, body, choice, nil)
      plan(
        message,
        settings.crm,
        .revise(open, revision, body, choice.explanation(revising: open))
      )
    case .recordsOnly(let choice):
      choose(message, body, choice, nil)
      settle(message, choice.recordsOnlyExplanation, subject: choice.contact, version)
    case .hold(let reason):
      settle(message, reason.held, version)
    case .wait(let reason):
      made.settled.append(Settled(message, .snooze(.seconds(5), reason), journey: []))
    case .none(let reason):
      // The tags of the opportunity that is open may have changed with this event.
      let tagged = message.following(to: .tagSync, LeadTagged(lead: body.lead))
      settle(message, follows: subject.open.isEmpty ? [] : [tagged], reason, version)
    }
  }

  /// Everything that the batch writes.
  func work() -> StageWork<OpportunityPlan> {
    var work = made
    let moved = known.rotations.flatMap { integration, rotations in
      rotations.filter { before[integration]?[$0.key] != $0.value }.map {
        (integration: integration, group: $0.key, rotation: $0.value)
      }
    }
    work.writes =
      OpportunityStore.intents(chosen) + OpportunityStore.cursors(moved) + Holds.keeping(holds)
      + Holds.ending(ended)
    return work
  }

  private mutating func choose(
    _ message: Message,
    _ body: LeadCentralized,
    _ choice: OpportunityDecision.Choice,
    _ draft: OpportunityDraft?
  ) {
    chosen.append(.init(message: message, body: body, choice: choice, draft: draft))
    known.learn(choice, made: draft, of: IntegrationKey(message.integration, body.event))
  }

  private mutating func plan(
    _ message: Message,
    _ crm: CRMKind,
    _ action: OpportunityPlan.Action
  ) {
    made.planned.append((message, OpportunityPlan(crm: crm, action: action)))
  }

  private mutating func settle(
    _ message: Message,
    follows: [Message] = [],
    _ reason: Reason,
    subject: Identifier? = nil,
    _ version: Int?
  ) {
    made.settled.append(
      .done(message, follows: follows, reason, subject: subject, configVersion: version)
    )
  }
}

extension Reason {
  /// The journey's line for a lead that waits.
  fileprivate var held: Reason {
    Reason(code, "\(sentence) The lead waits until the settings change.")
  }
}
