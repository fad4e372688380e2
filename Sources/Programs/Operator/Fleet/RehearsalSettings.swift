import BeltStorage
import Leads
import SettingsDocument

/// The settings that a rehearsal decides by.
enum RehearsalSettings {
  /// Those of a document where one is named, else those in force.
  ///
  /// - Throws: ``Refusal`` when there are none, or the document is for another integration.
  static func load(_ file: String?, of integration: String, _ access: FleetAccess) async throws
    -> Settings
  {
    guard let file else {
      guard let current = try await SettingsStore(pool: access.pool).current(integration) else {
        throw try await access.refusal(ofUnknown: integration)
      }
      return current.settings
    }
    let settings = try SettingsFile.document(file).settings
    guard settings.integration == integration else {
      throw Refusal(
        "\(file) is for the integration \(settings.integration), not for \(integration)",
        code: Refusal.usage
      )
    }
    return settings
  }
}
