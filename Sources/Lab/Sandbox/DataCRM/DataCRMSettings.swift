internal import Hummingbird
internal import StrictJSON

/// Switches of the simulator, where accounts, cores or sources differ.
struct DataCRMSettings: SimulatorSettings, Hashable {
  /// “Permitir duplicados”: off, a second mobile number or NIT is refused.
  var allowsDuplicates = true
  /// Whether refusals of duplicates are in Spanish.
  var speaksSpanish = true
  /// Cores before 5.2 have no `revise`.
  var hasRevise = true
  /// Core 5.4 empties what an `update` leaves out; core 8.2 keeps it.
  var updateEmpties = false
  /// Warnings of PHP in front of each answer.
  var warns = false
  /// Whether a deal needs a client.
  var dealNeedsClient = false
  /// Whether the login's user writes 1.234,5 for what others write 1234.5.
  var readsCommaNumbers = false
  /// Whether a text that is too long is cut; else the database fails.
  var cutsLongTexts = true
  /// What a login with a challenge that was replaced is told; the sources disagree.
  var replacedChallengeIsCredentials = false
  /// Closed by the vendor.
  var isBlocked = false
  var idleSeconds = 1800
  var sessionSeconds = 86_400
  var challengeSeconds = 300
  /// `Module.field` that the profile of the login's user may not write.
  var readOnly: [String] = []

  private static let flags: [(String, any WritableKeyPath<DataCRMSettings, Bool> & Sendable)] = [
    ("allows_duplicates", \.allowsDuplicates), ("speaks_spanish", \.speaksSpanish),
    ("has_revise", \.hasRevise), ("update_empties", \.updateEmpties), ("warns", \.warns),
    ("deal_needs_client", \.dealNeedsClient), ("reads_comma_numbers", \.readsCommaNumbers),
    ("cuts_long_texts", \.cutsLongTexts), ("is_blocked", \.isBlocked),
    ("replaced_challenge_is_credentials", \.replacedChallengeIsCredentials),
  ]
  private static let numbers: [(String, any WritableKeyPath<DataCRMSettings, Int> & Sendable)] = [
    ("idle_seconds", \.idleSeconds), ("session_seconds", \.sessionSeconds),
    ("challenge_seconds", \.challengeSeconds),
  ]

  var json: JSON {
    var members = JSON.Members()
    for (name, path) in Self.flags { members[name] = .bool(self[keyPath: path]) }
    for (name, path) in Self.numbers { members[name] = .number(self[keyPath: path]) }
    members["read_only"] = .array(readOnly.map(JSON.string))
    return .object(members)
  }

  /// Takes over what is named; an unknown name or a wrong type is refused.
  mutating func merge(_ json: JSON) throws(Refusal) {
    for member in json.members ?? [] {
      if let flag = Self.flags.first(where: { $0.0 == member.key }), let on = member.value.bool {
        self[keyPath: flag.1] = on
      } else if let number = Self.numbers.first(where: { $0.0 == member.key }),
        let value = member.value.int, value >= 0
      {
        self[keyPath: number.1] = value
      } else if member.key == "read_only", let list = member.value.array {
        readOnly = list.compactMap(\.string)
      } else {
        throw Refusal(
          status: .badRequest,
          body: ["message": .string("unknown setting or wrong type: \(member.key)")]
        )
      }
    }
  }
}
