import ArgumentParser
import FoundationEssentials
import Operations
import SettingsDocument
import StrictJSON
import Bootstrap
import CommandLineInterface

/// Gives an integration another login, without its document.
struct Connect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Connects an integration to its RD Station account again, or to its CRM.",
    discussion: """
      Reads the refresh token, or with --code the code that RD Station's dialog handed out, from the \
      standard input: printf %s "$TOKEN" | esteira connect acme. It is tried first, and replaces the \
      login only when it works and opens the account that the document names. What waits for it goes \
      on within a minute or two. With --crm it is the login of the CRM: the token, the password or \
      the access key is read, and the user or the application is the stored one unless it is said.
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @Flag(help: "The standard input holds a code and not a refresh token.")
  var code = false

  @Flag(help: "The login of the CRM instead of RD Station's.")
  var crm = false

  @Option(
    help:
      "Where the application's id, or the CRM's user, is, env:NAME or file:PATH; otherwise as stored."
  )
  var clientID: String?

  @Option(help: "Where the application's secret, or the CRM's tenant, is; otherwise as stored.")
  var clientSecret: String?

  @Flag(help: "Take the login though it opens another account than the document names.")
  var anyAccount = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let secret = try secret()
    let id = try resolved(clientID, "--client-id")
    let key = try resolved(clientSecret, "--client-secret")
    let actor = "\(ProcessInfo.processInfo.userName), esteira connect"
    try await Fleet.open([.secret]) { fleet in
      let given: Logins.Secret = code ? .code(secret) : .refreshToken(secret)
      let report =
        crm
        ? try await Logins(fleet).replaceAtCRM(
          of: integration,
          by: given,
          clientID: id,
          clientSecret: key,
          actor: actor
        )
        : try await Logins(fleet).replace(
          of: integration,
          by: given,
          clientID: id,
          clientSecret: key,
          anyAccount: anyAccount,
          actor: actor
        )
      output.say(
        ["integration": .string(integration), "login": report.json],
        "\(integration): \(report.text)"
      )
    }
  }

  private var wanted: String {
    code ? "code" : crm ? "token, password or access key" : "refresh token"
  }

  private func secret() throws -> String {
    guard let text = String(validating: try InputFile.read("-"), as: UTF8.self) else {
      throw Refusal(.invalid, "secret_unreadable", "the standard input is no text")
    }
    // A token has no white space, and a password may.
    let secret = crm ? text.withoutLineEnd : text.filter { !$0.isWhitespace }
    guard !secret.isEmpty else {
      throw Refusal(
        .invalid,
        "secret_empty",
        "the standard input is empty; it must hold the \(wanted)"
      )
    }
    return secret
  }

  /// What an option that says where a value is stands for.
  private func resolved(_ option: String?, _ name: String) throws -> String? {
    guard let option else { return nil }
    guard let reference = SecretReference(option) else {
      throw Refusal(
        .invalid,
        "reference_invalid",
        "\(name) must say where the value is, env:NAME or file:PATH, and not hold it itself"
      )
    }
    do {
      return try reference.resolve(in: ProcessInfo.processInfo.environment)
    } catch {
      throw Refusal(.invalid, "secret_missing", "\(name): \(error)")
    }
  }
}

extension String {
  /// As `echo` and an editor end a line, which belongs to no password.
  fileprivate var withoutLineEnd: String {
    let end = reversed().prefix { $0.isNewline }.count
    return String(dropLast(end))
  }
}
