import Leads
import Postgres
import Belt

/// What the decisions of a batch come to.
struct RunnerWork<S: Stage> {
  private(set) var outcomes: [Identifier: Outcome]
  private(set) var planned: [Planned<S.Input, S.Plan>] = []
  private(set) var asked: [Item<S.Input>] = []
  private(set) var changes: [S.Change] = []
  var writes: [Write] = []
  private var settled: [Settled] = []
  private var notes: [(integration: String, entry: JourneyEntry)]
  private var intents: [Effects.Intent] = []
  private var takenOver: [(message: Message, generation: Int)] = []

  init(_ verdict: Admission.Verdict) {
    outcomes = verdict.outcomes
    notes = verdict.notes
  }

  mutating func add(_ decision: Decision<S.Change, S.Plan>, of item: Item<S.Input>) {
    let message = item.message
    changes += decision.changes
    let lines = decision.lines.map { JourneyEntry($0, of: message, version: item.version) }
    switch decision.ending {
    case .settled(let decided):
      let outcome = decided.needed(under: item.settings)
      outcomes[message.id] = outcome
      settled.append(Settled(message, outcome, journey: lines))
    case .planned(let plan, let intent):
      planned.append(Planned(item: item, plan: plan))
      notes += lines.map { (message.integration, $0) }
      intend(intent, of: message)
    case .asked: asked.append(item)
    }
  }

  private mutating func intend(_ intent: Intent, of message: Message) {
    switch intent {
    case .call(let kind, let subject, let plan, let generation):
      intents.append(
        Effects.Intent(
          message: message,
          kind: kind,
          subject: subject,
          plan: plan,
          generation: generation
        )
      )
    case .takenOver(let generation): takenOver.append((message, generation))
    case .standing: break
    }
  }

  /// All that is committed.
  func statements(withReceipts: Bool) -> [SQL] {
    let effects =
      (intents.isEmpty ? [] : [Effects.sending(intents)]) + Effects.takingOver(takenOver)
    let lines = settled.flatMap { settled in
      settled.journey.map { (settled.message.integration, $0) }
    }
    let all =
      writes + effects.map(Write.own) + Receipts.journey(notes + lines, at: S.flow)
      + (withReceipts ? Receipts.receipts(settled, at: S.flow) : [])
    return all.statements
  }
}

extension JourneyEntry {
  init(_ line: Line, of message: Message, version: Int? = nil) {
    self.init(
      line.journey ?? message.journey,
      line.reason,
      subject: line.subject,
      configVersion: version,
      isSaidOnce: line.isSaidOnce
    )
  }
}

extension Outcome {
  /// Without what would follow at stages that the settings leave nothing to do.
  func needed(under settings: Settings) -> Outcome {
    guard case .done(let follows) = self else { return self }
    return .done(
      follows: follows.filter { Flow(rawValue: $0.stage)?.isNeeded(under: settings) != false }
    )
  }
}
