import ArgumentParser
import Bootstrap
import FoundationEssentials
import BeltStorage
import OutsideCalls
import Leads
import Postgres
import SettingsDocument
import StrictJSON

struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts the settings of an integration into force, or says everything that is wrong.",
    discussion: """
      Repeating it with the same document changes nothing. What it would change says: esteira plan. \
      A login that is new is tried at RD Station first, and when it does not work nothing is changed.

      Examples:
        esteira apply -f acme.yaml
        esteira apply --check -f acme.yaml
      """
  )

  @OptionGroup var file: SettingsFile

  @Flag(help: "Only check the document.")
  var check = false

  @Flag(help: "Take a login though it opens another account than the document names.")
  var anyAccount = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let document = try file.read()
    if check {
      let missing = file.tellMissingSecrets(of: document)
      output.json
        ? Terminal.say([
          "integration": .string(document.settings.integration), "valid": true,
          "missing_secrets": .array(missing.map(JSON.string)),
        ])
        : Terminal.say("\(file.name) is right: integration \(document.settings.integration)")
      return
    }
    let login = try document.credentials.map { try resolve($0) }
    try await FleetAccess.open([.secret, .broker]) { access in
      let (report, writes) = try await weigh(login, document, access)
      let applied = try await SettingsStore(pool: access.pool).apply(
        document.settings,
        source: document.source,
        actor: "\(ProcessInfo.processInfo.userName), esteira apply",
        with: writes
      )
      let released = try await release(document.settings.integration, access)
      tell(applied, document, report, released: released)
    }
  }

  /// Tries a login that is new, before anything is changed: what takes its place does so with the
  /// settings.
  private func weigh(_ login: Login?, _ document: SettingsDocument, _ access: FleetAccess)
    async throws -> (LoginReport, [SQL])
  {
    let name = document.settings.integration
    guard let login else {
      let connected = try await SettingsStore(pool: access.pool).integrations(withLoginAt: "rd")
      return connected.contains(name)
        ? (.kept("the document names none"), [])
        : (.notTried("the document names none, and none is stored: nothing can be told"), [])
    }
    let given = GivenLogin(
      clientID: login.clientID,
      clientSecret: login.clientSecret,
      refreshToken: login.refreshToken
    )
    let verdict = try await access.tryingLogin(anyAccount: anyAccount) { trial in
      try await trial.weigh(given, for: name, account: document.settings.rdAccount)
    }
    switch verdict {
    case .replaced(let account, let writes): return (.replaced(account: account), writes)
    case .kept(let why): return (.kept(why), [])
    }
  }

  /// Lets those go on that waited for other settings.
  private func release(_ integration: String, _ access: FleetAccess) async throws -> Int {
    do {
      return try await HeldLeads.release(in: integration, access)
    } catch {
      throw Refusal(
        "the settings are in force, but held leads could not be sent to their stage: "
          + "\(Refusal(error).sentence). Later: esteira held release \(integration)",
        code: Refusal.again
      )
    }
  }

  private struct Login {
    var clientID = ""
    var clientSecret = ""
    var refreshToken = ""
  }

  /// Tells everything that is missing at once.
  private func resolve(_ references: CredentialReferences) throws -> Login {
    let environment = ProcessInfo.processInfo.environment
    var login = Login()
    var missing: [String] = []
    let wanted: [(String, SecretReference, WritableKeyPath<Login, String>)] = [
      ("client_id", references.clientID, \.clientID),
      ("client_secret", references.clientSecret, \.clientSecret),
      ("refresh_token", references.refreshToken, \.refreshToken),
    ]
    for (key, reference, path) in wanted {
      do {
        login[keyPath: path] = try reference.resolve(in: environment)
      } catch {
        missing.append("\(file.name): rd_station.\(key): \(error)")
      }
    }
    guard missing.isEmpty else {
      throw Refusal(missing.joined(separator: "\n"), code: Refusal.usage)
    }
    return login
  }

  private func tell(
    _ applied: SettingsStore.Applied,
    _ document: SettingsDocument,
    _ login: LoginReport,
    released: Int
  ) {
    let name = document.settings.integration
    let changes = applied.previous.map { SettingsChanges.between($0, document.settings) } ?? []
    if output.json {
      Terminal.say([
        "integration": .string(name), "change": .string(applied.change.rawValue),
        "version": .number(applied.version),
        "changes": .array(changes.map(\.json)), "released": .number(released),
        "login": login.json,
      ])
      return
    }
    switch applied.change {
    case .created:
      Terminal.say("\(name): created, version 1")
      Terminal.complain("next: esteira hook-url \(name), the address to enter at RD Station")
    case .changed:
      Terminal.say("\(name): version \(applied.version) is in force")
      for change in changes { Terminal.say("  \(change)") }
    case .unchanged:
      Terminal.say("\(name): nothing has changed, version \(applied.version) stays")
    }
    Terminal.say("\(name): \(login.text)")
    if released > 0 { Terminal.say("\(name): \(released) held leads are tried again") }
  }
}
