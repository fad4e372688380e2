import SettingsDocument

extension SettingsDocument {
  /// What of the login the document names and this environment does not hold: apply would refuse it.
  func missingSecrets(in environment: [String: String]) -> [String] {
    guard let credentials else { return [] }
    return [
      ("client_id", credentials.clientID), ("client_secret", credentials.clientSecret),
      ("refresh_token", credentials.refreshToken),
    ].compactMap { key, reference in
      do throws(SecretMissing) {
        _ = try reference.resolve(in: environment)
        return nil
      } catch {
        return "rd_station.\(key): \(error)"
      }
    }
  }
}
