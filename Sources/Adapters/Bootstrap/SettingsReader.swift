private import Configuration
private import SystemPackage

/// Reads settings one by one and remembers every problem, so that all are told at once.
///
/// The environment comes before the file that `ESTEIRA_SETTINGS_FILE` names, if it names one: lines of
/// the form `ESTEIRA_AMQP_URL=…`. A key `amqp.url` is the variable `ESTEIRA_AMQP_URL`.
package struct SettingsReader {
  private let reader: ConfigReader
  package private(set) var problems: [SettingsProblems.Problem] = []

  /// - Parameter environment: Nil reads the process's own.
  package init(environment: [String: String]? = nil) async {
    let variables =
      environment.map { EnvironmentVariablesProvider(environmentVariables: $0) }
      ?? EnvironmentVariablesProvider()
    var providers: [any ConfigProvider] = [variables]
    let key = "settings.file"
    if let path = ConfigReader(provider: variables).string(forKey: ConfigKey("esteira.\(key)")) {
      do {
        providers.append(
          try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path))
        )
      } catch {
        problems.append(.init(variable: Self.variable(key), detail: "names an unreadable file"))
      }
    }
    reader = ConfigReader(providers: providers)
  }

  /// The setting as the kind that it should be.
  ///
  /// - Parameters:
  ///   - key: Words in lower case, separated by dots.
  ///   - form: Completes the sentence "is not …".
  ///   - isSecret: Keeps it out of the reader's own reports.
  ///   - parse: Nil for a text of another form.
  /// - Returns: Nil when it is absent, or has another form, which is then a problem.
  package mutating func value<Value>(
    _ key: String,
    form: String,
    isSecret: Bool = false,
    _ parse: (String) -> Value?
  ) -> Value? {
    // An empty variable is an absent one: compose files pass `VAR=` for what is not set.
    let found = reader.string(forKey: ConfigKey("esteira.\(key)"), isSecret: isSecret)
    guard let text = found, !text.isEmpty else { return nil }
    guard let value = parse(text) else {
      report(key, "is not \(form)")
      return nil
    }
    return value
  }

  package mutating func number(_ key: String, in range: ClosedRange<Int>, default: Int) -> Int {
    optionalNumber(key, in: range) ?? `default`
  }

  package mutating func optionalNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
    value(key, form: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  package mutating func listenAddress(_ key: String, default: ListenAddress) -> ListenAddress {
    value(key, form: "of the form host:port", ListenAddress.init) ?? `default`
  }

  /// An address with one of these schemes and a host; the adapter that uses it checks the rest.
  package mutating func address(_ key: String, schemes: [String], isSecret: Bool = false) -> String?
  {
    let form = "an address that starts with \(schemes.map { "\($0)://" }.joined(separator: " or "))"
    return value(key, form: form, isSecret: isSecret) { text in
      schemes.contains { text.hasPrefix("\($0)://") && text.utf8.count > $0.utf8.count + 3 }
        ? text : nil
    }
  }

  package mutating func report(_ key: String, _ detail: String) {
    problems.append(.init(variable: Self.variable(key), detail: detail))
  }

  /// - Throws: All problems so far, when there is one.
  package func check() throws(SettingsProblems) {
    guard problems.isEmpty else { throw SettingsProblems(problems) }
  }

  static func variable(_ key: String) -> String {
    "ESTEIRA_" + key.uppercased().split(separator: ".").joined(separator: "_")
  }
}
