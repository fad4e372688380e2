import BeltStorage
import SettingsDocument

extension FleetAccess {
  /// A name that nothing bears would make every list empty, and so all clear.
  ///
  /// - Throws: ``Refusal`` with the nearest names; no name means all integrations.
  func check(_ integration: String?) async throws {
    guard let integration else { return }
    let names = try await SettingsStore(pool: pool).integrations()
    if names.contains(integration) { return }
    // What came for an integration that never was is a dead letter, and listed like others.
    let letters = try await DeadLetterDesk(pool: pool)
      .list(DeadLetterFilter(integration: integration), limit: 1)
    if letters.isEmpty { throw Refusal(noIntegration: integration, among: names) }
  }

  /// What a command says that needs one and did not find it.
  func refusal(ofUnknown integration: String) async throws -> Refusal {
    Refusal(
      noIntegration: integration,
      among: try await SettingsStore(pool: pool).integrations()
    )
  }
}

extension Refusal {
  init(noIntegration name: String, among names: [String]) {
    let hint = NearestNames.hint(for: name, among: names, listing: "there are")
    self.init(
      "there is no integration \(name)\(hint)\(hint.hasSuffix("?") ? "" : ".") "
        + "To make one: esteira apply -f FILE"
    )
  }
}
