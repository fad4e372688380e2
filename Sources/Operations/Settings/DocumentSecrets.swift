package import OutsideCalls
package import SettingsDocument

extension SettingsDocument {
  /// What of the login the document names and this environment does not hold: apply would refuse it.
  package func missingSecrets(in environment: [String: String]) -> [String] {
    secrets(in: environment).missing
  }

  /// The login that the document in a file names, by the environment of the person who applies it.
  ///
  /// - Returns: Nil when it names none.
  /// - Throws: ``Refusal`` with everything that is missing at once.
  package func login(in environment: [String: String], from file: String) throws(Refusal)
    -> GivenLogin?
  {
    guard credentials != nil else { return nil }
    let (values, missing) = secrets(in: environment)
    guard missing.isEmpty else {
      throw Refusal(
        .invalid,
        "secret_missing",
        missing.map { "\(file): \($0)" }.joined(separator: "\n")
      )
    }
    return GivenLogin(clientID: values[0], clientSecret: values[1], refreshToken: values[2])
  }

  private func secrets(in environment: [String: String]) -> (values: [String], missing: [String]) {
    guard let credentials else { return ([], []) }
    var values: [String] = []
    var missing: [String] = []
    for (key, reference) in [
      ("client_id", credentials.clientID), ("client_secret", credentials.clientSecret),
      ("refresh_token", credentials.refreshToken),
    ] {
      do throws(SecretMissing) {
        values.append(try reference.resolve(in: environment))
      } catch {
        missing.append("rd_station.\(key): \(error)")
      }
    }
    return (values, missing)
  }
}
