import Leads
import Postgres
import Belt

/// Which messages of a batch may be handled now, and how the others end: a receipt, an integration that
/// is not there, a login that is dead, an earlier event whose turn it is.
struct Admission: Sendable {
  let receipts: [Identifier: Outcome]
  private let integrations: [(integration: String, version: Int, login: Login)]
  private let standings: [Identifier: Turns.Standing]

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

    /// What is wrong with an integration holds its messages; they wait and lose no attempt.
    fileprivate mutating func hold(_ message: Message, for reason: Reason, _ wait: Duration) {
      outcomes[message.id] = .snooze(wait, reason)
      if reason.isNews(to: message) {
        notes.append((message.integration, JourneyEntry(message.journey, reason)))
      }
    }
  }

  func verdict(
    on messages: [Message],
    at stage: Flow,
    _ settings: [String: Result<StoredSettings, UnreadableSettings>]
  ) -> Verdict {
    var verdict = Verdict(outcomes: receipts)
    var holds = LoginHolds()
    for (integration, _, login) in integrations where stage.callsRDStation && login != .works {
      holds.hold(integration, isRefused: login == .refused)
    }
    var seen: Set<Identifier> = []
    for (place, message) in messages.enumerated()
    where receipts[message.id] == nil && seen.insert(message.id).inserted {
      let stored: StoredSettings
      switch settings[message.integration] {
      case .success(let read)?: stored = read
      case .failure(let fault)?:
        verdict.hold(message, for: .settingsUnreadable(fault), message.waitBeforeAnotherLook)
        continue
      case nil:
        verdict.outcomes[message.id] = .reject(.integrationUnknown(message.integration))
        continue
      }
      if let hold = holds.hold(of: message) {
        verdict.hold(message, for: hold, message.waitForLogin)
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

  fileprivate static func settingsUnreadable(_ fault: UnreadableSettings) -> Reason {
    let what = fault.member.map { " at \($0)" } ?? ""
    return Reason(
      "settings_unreadable",
      "This program cannot read version \(fault.version) of the settings of "
        + "\(fault.integration)\(what); this waits until they are applied again: esteira apply"
    )
  }
}
