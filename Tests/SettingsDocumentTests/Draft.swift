import Leads
import SettingsDocument
import Testing

/// A small document; each test puts in what it is about.
struct Draft {
  static let marked =
    "{ when: { opportunity_mark: true }, owner: everyone, pipeline: Vendas, stage: Novo }"
  static let anyConversion =
    "{ when: { any_conversion: true }, owner: everyone, pipeline: Vendas, stage: Novo }"

  var kind = "embedded"
  /// Further lines of `crm:`, without their margin.
  var crm: [String] = []
  /// RD Station's custom fields.
  var rdFields = "{ cf_segmento: text }"
  var triggers = [Self.marked]
  /// Further lines of the document.
  var rest: [String] = []

  var yaml: String {
    let lines =
      [
        "integration: acme",
        "rd_station: { account: acme, client_id: env:A, client_secret: env:B, refresh_token: env:C, "
          + "fields: \(rdFields) }",
        "crm:", "  kind: \(kind)",
        "  users: [{ email: ana@acme.example, administrator: true }, bia@acme.example]",
        "  teams: { sp: [bia@acme.example, ana@acme.example] }", "  pipelines: { Vendas: [Novo] }",
      ] + crm.map { "  \($0)" } + ["triggers:"] + triggers.map { "  - \($0)" } + rest
    return lines.joined(separator: "\n")
  }

  /// As if every CRM could be written to already.
  func document() throws -> SettingsDocument {
    try SettingsDocument(yaml: yaml, file: "acme.yaml", connectable: Set(CRMKind.allCases))
  }

  /// Without their lines.
  func warnings() throws -> [String] {
    try document().warnings.map { "\($0.path): \($0.sentence)" }
  }

  /// Without their lines; none when the document is right.
  func problems() -> [String] {
    do {
      _ = try document()
      return []
    } catch let error as SettingsDocumentError {
      return error.problems.map { "\($0.path): \($0.sentence)" }
    } catch {
      return ["\(error)"]
    }
  }
}
