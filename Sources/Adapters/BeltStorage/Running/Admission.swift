import Leads
import Postgres
import Belt

/// Which messages of a batch may be handled now, and how the others end: a receipt, an integration that
/// is not there, a login that is dead, an earlier event whose turn it is.
struct Admission: Sendable {
  private var receipts: [Identifier: Outcome]
  private var integrations: [(integration: String, version: Int, login: Login)]
  private var standings: [Identifier: Turns.Standing]

  private enum Login: Sendable {
    case works
    /// Dead; nobody has tried it for a while.
    case dead
    /// Dead, and found so a moment ago.
    case refused
  }

  /// In the round trip in which the stage reads what it needs itself.
  static func load(_ messages: [Message], at stage: Flow) -> Load<Admission> {
    Load(
      Receipts.load(messages),
      integrations(Set(messages.map(\.integration)).sorted()),
      Turns.load(messages, at: stage)
    ) { Admission(receipts: $0, integrations: $1, standings: $2) }
  }

  private static func integrations(_ names: [String]) -> Load<
    [(integration: String, version: Int, login: Login)]
  > {
    Load(
      """
      select i.id, i.config_version, c.dead_since is not null as is_dead,
        c.dead_since is not null and coalesce(c.retry_at > now(), false) as is_refused
      from integration i
      left join credential c on c.integration_id = i.id and c.system = 'rd'
      where i.id = any(\(names)::text[]) and i.state = 'active'
      """,
      each: { row in
        let login: Login = try row.bool("is_dead") ? .dead : .works
        return (
          try row.string("id"), try row.int("config_version"),
          try row.bool("is_refused") ? .refused : login
        )
      }
    )
  }

  /// The versions of the settings in force.
  var versions: [(integration: String, version: Int)] {
    integrations.map { ($0.integration, $0.version) }
  }

  /// What came of a batch before the stage decided anything.
  struct Verdict {
    var outcomes: [Identifier: Outcome]
    /// Those that may be handled, each once, in order of arrival.
    var admitted: [(place: Int, settings: StoredSettings)] = []
    var notes: [(integration: String, entry: JourneyEntry)] = []
  }

  func verdict(on messages: [Message], at stage: Flow, _ settings: [String: StoredSettings])
    -> Verdict
  {
    var verdict = Verdict(outcomes: receipts)
    var holds = LoginHolds()
    for (integration, _, login) in integrations where stage.callsRDStation && login != .works {
      holds.hold(integration, isRefused: login == .refused)
    }
    var seen: Set<Identifier> = []
    for (place, message) in messages.enumerated()
    where receipts[message.id] == nil && seen.insert(message.id).inserted {
      guard let stored = settings[message.integration] else {
        verdict.outcomes[message.id] = .reject(.integrationUnknown(message.integration))
        continue
      }
      if let hold = holds.hold(of: message) {
        verdict.outcomes[message.id] = .snooze(message.waitForLogin, hold)
        if hold.isNews(to: message) {
          verdict.notes.append((message.integration, JourneyEntry(message.journey, hold)))
        }
        continue
      }
      let standing = standings[message.id]
      if standing?.isBlocked == true
        || standing?.passesOpen == true && stored.settings.afterDeadLetter == .wait
      {
        verdict.outcomes[message.id] = .snooze(.seconds(5), .earlierEventFirst)
        continue
      }
      if standing?.passesDead == true, message.isNewInTurn {
        let note = JourneyEntry(message.journey, .earlierEventDead, isSaidOnce: true)
        verdict.notes.append((message.integration, note))
      }
      verdict.admitted.append((place, stored))
    }
    return verdict
  }
}

extension Reason {
  fileprivate static func integrationUnknown(_ integration: String) -> Reason {
    Reason(
      "integration_unknown",
      "There is no active integration \(integration); apply its settings, then retry."
    )
  }
}
