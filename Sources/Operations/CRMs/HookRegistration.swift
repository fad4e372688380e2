import Belt
import Bootstrap
import BeltStorage
import Leads
import OutsideCalls

extension Fleet {
  /// Makes the CRM of an integration call our hook, by its API, and reads back that it will.
  ///
  /// Repeating it makes no second webhook.
  ///
  /// - Returns: The address, which is a secret.
  /// - Throws: ``Refusal``; of code `hooks_by_hand` where a person makes webhooks, and of code
  ///   `hooks_incomplete` with the events that do not come.
  package func registerCRMHooks(of integration: String) async throws -> String {
    let versions = SettingsVersions(pool: pool)
    let url = try await versions.hookAddress(of: integration, .crm, by: settings).url()
    guard let current = try await versions.current(integration) else {
      throw try await versions.refusal(ofUnknown: integration)
    }
    try await withOutsideCRMs { outside in
      let (crm, place) = try outside.way(of: current.settings)
      let missing: [String]?
      do throws(CallError) {
        missing = try await outside.subscribe(url, at: place, of: crm, in: integration)
      } catch {
        throw Refusal(
          error.meaning == .login ? .failed : .unavailable,
          error.reason.code,
          "\(crm.system.name) did not take the webhooks: \(error.reason.sentence)",
          remedy: "Repeat it; what is registered already is left as it is"
        )
      }
      guard let missing else {
        throw Refusal(
          .invalid,
          "hooks_by_hand",
          "webhooks of \(crm.system.name) are made on its screens",
          remedy: "Run: esteira hook-url \(integration) --crm"
        )
      }
      guard missing.isEmpty else {
        throw Refusal(
          .failed,
          "hooks_incomplete",
          "\(crm.system.name) does not call for: \(missing.joined(separator: ", "))",
          remedy: "Repeat it, or make them on its screen"
        )
      }
    }
    return url
  }
}
