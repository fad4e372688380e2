import ArgumentParser
import Bootstrap
import FoundationEssentials
import BeltStorage
import OutsideCalls
import Leads
import Postgres
import SettingsDocument
import StrictJSON

/// Gives an integration another login, without its document.
struct Connect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Connects an integration to its RD Station account again.",
    discussion: """
      Reads the refresh token, or with --code the code that RD Station's dialog handed out, from the \
      standard input: printf %s "$TOKEN" | esteira connect acme. It is tried first, and replaces the \
      login only when it works and opens the account that the document names. What waits for it goes \
      on within a minute or two.
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @Flag(help: "The standard input holds a code and not a refresh token.")
  var code = false

  @Option(help: "Where the application's id is, env:NAME or file:PATH; otherwise as stored.")
  var clientID: String?

  @Option(help: "Where the application's secret is; otherwise as stored.")
  var clientSecret: String?

  @Flag(help: "Take the login though it opens another account than the document names.")
  var anyAccount = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let secret = try secret()
    try await FleetAccess.open([.secret]) { access in
      let settings = SettingsStore(pool: access.pool)
      guard let stored = try await settings.current(integration) else {
        throw Refusal("there is no integration \(integration). Run: esteira apply -f FILE")
      }
      let (clientID, clientSecret) = try await application(access)
      let account = stored.settings.rdAccount
      let verdict = try await access.tryingLogin(anyAccount: anyAccount) { trial in
        if code {
          return try await trial.connect(
            code: secret,
            clientID: clientID,
            clientSecret: clientSecret,
            for: integration,
            account: account
          )
        }
        let given = GivenLogin(
          clientID: clientID,
          clientSecret: clientSecret,
          refreshToken: secret
        )
        return try await trial.connect(given, for: integration, account: account)
      }
      guard case .replaced(let name, let writes) = verdict else { return }
      let actor = "\(ProcessInfo.processInfo.userName), esteira connect"
      try await access.pool.run(
        writes + [SettingsStore.connecting(integration, actor: actor)]
      )
      let report = LoginReport.replaced(account: name)
      output.json
        ? Terminal.say(["integration": .string(integration), "login": report.json])
        : Terminal.say("\(integration): \(report.text)")
    }
  }

  private func secret() throws -> String {
    guard let text = String(validating: try InputFile.read("-"), as: UTF8.self) else {
      throw Refusal("the standard input is no text", code: Refusal.usage)
    }
    let secret = text.filter { !$0.isWhitespace }
    guard !secret.isEmpty else {
      throw Refusal(
        "the standard input is empty; it must hold the \(code ? "code" : "refresh token")",
        code: Refusal.usage
      )
    }
    return secret
  }

  /// The application's id and secret: as given, else as they are stored.
  private func application(_ access: FleetAccess) async throws -> (id: String, secret: String) {
    let environment = ProcessInfo.processInfo.environment
    func resolved(_ option: String?, _ name: String) throws -> String? {
      guard let option else { return nil }
      guard let reference = SecretReference(option) else {
        throw Refusal(
          "\(name) must say where the value is, env:NAME or file:PATH, and not hold it itself",
          code: Refusal.usage
        )
      }
      do {
        return try reference.resolve(in: environment)
      } catch {
        throw Refusal("\(name): \(error)", code: Refusal.usage)
      }
    }
    let id = try resolved(clientID, "--client-id")
    let secret = try resolved(clientSecret, "--client-secret")
    if let id, let secret { return (id, secret) }
    let store = CredentialStore(pool: access.pool, key: access.settings.secretKey)
    do {
      guard let login = try await store.login(of: integration) else {
        throw CredentialFault.missing(integration)
      }
      return (id ?? login.clientID, secret ?? login.clientSecret)
    } catch let fault as CredentialFault {
      throw Refusal("\(fault). Say also --client-id and --client-secret", code: Refusal.usage)
    }
  }
}
