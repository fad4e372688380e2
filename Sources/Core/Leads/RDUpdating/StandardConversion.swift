/// The six conversions that the integration writes to RD Station by itself, with their exact
/// literals (B128–B133).
///
/// They come back through RD's webhooks and are then ignored, whatever the rules say (R31).
package enum StandardConversion: String, CaseIterable, Sendable {
  case prospect = "Cadastro Convertido em Prospect no CRM"
  case client = "Cadastro Convertido em Cliente no CRM"
  case created = "Cadastro criado no CRM"
  /// `evoluido` without accent, exactly so (B131).
  case evolved = "Cadastro evoluido no CRM"
  case opportunityCreated = "Oportunidade gerada pelo CRM"
  case sale = "Venda gerada pelo CRM"

  /// Whatever case, accents, spacing, hyphens or underscores a body writes it with.
  package init?(matching identifier: String?) {
    guard let match = identifier.flatMap({ Self.byWords[Self.words($0)] }) else { return nil }
    self = match
  }

  private static let byWords = Dictionary(
    uniqueKeysWithValues: allCases.map { (words($0.rawValue), $0) }
  )

  private static func words(_ text: String) -> String { text.foldedWords(joinedBy: " ") }
}
