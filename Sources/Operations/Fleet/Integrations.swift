import BeltStorage
import SettingsDocument

extension Fleet {
  /// A name that nothing bears would make every list empty, and so all clear.
  ///
  /// - Throws: ``Refusal`` with the nearest names; no name means all integrations.
  package func check(_ integration: String?) async throws {
    guard let integration else { return }
    let names = try await SettingsVersions(pool: pool).integrations()
    if names.contains(integration) { return }
    // What came for an integration that never was is a dead letter, and listed like others.
    let letters = try await DeadLetters(pool: pool)
      .list(DeadLetterFilter(integration: integration), size: 1)
    if letters.items.isEmpty { throw Refusal(noIntegration: integration, among: names) }
  }
}

extension SettingsVersions {
  /// What is said when there is no such integration.
  package func refusal(ofUnknown integration: String) async throws -> Refusal {
    Refusal(noIntegration: integration, among: try await integrations())
  }
}

extension Refusal {
  init(noIntegration name: String, among names: [String]) {
    let hint = NearestNames.hint(for: name, among: names, listing: "there are")
    self.init(
      .notFound,
      "integration_unknown",
      "there is no integration \(name)\(hint)",
      remedy: "To make one: esteira apply -f FILE"
    )
  }
}
