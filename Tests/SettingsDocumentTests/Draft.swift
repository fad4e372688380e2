import Leads
import SettingsDocument
import Testing

/// A small document; each test puts in what it is about.
///
/// An outside CRM was found to have what the lines of `crm:` tell of the one in our own database.
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

  /// What an outside CRM was found to have besides.
  var crmFields: [CRMCatalogue.Field] = []

  private var isOutside: Bool { kind != "embedded" }

  var yaml: String {
    let lines =
      [
        "integration: acme",
        "rd_station: { account: acme, client_id: env:A, client_secret: env:B, refresh_token: env:C, "
          + "fields: \(rdFields) }",
        "crm:", "  kind: \(kind)",
      ]
      + (isOutside
        ? ["  address: https://crm.example", "  login: { \(Self.logins[kind] ?? "") }"]
        : [
          "  users: [{ email: ana@acme.example, administrator: true }, bia@acme.example]",
          "  teams: { sp: [bia@acme.example, ana@acme.example] }",
          "  pipelines: { Vendas: [Novo] }",
        ]) + crm.map { "  \($0)" } + ["triggers:"] + triggers.map { "  - \($0)" } + rest
    return lines.joined(separator: "\n")
  }

  static let logins = [
    "rd_station_crm": "token: env:T", "totvs": "user: env:U, password: env:P, tenant: env:N",
    "datacrm": "user: env:U, access_key: env:K",
  ]

  var reached: ReachedCRM {
    ReachedCRM(
      account: CRMAccount(address: "https://crm.example"),
      catalogue: CRMCatalogue(
        users: [
          .init(email: "ana@acme.example", isAdministrator: true), .init(email: "bia@acme.example"),
        ],
        teams: [.init(name: "sp", members: ["bia@acme.example", "ana@acme.example"])],
        pipelines: [.init(name: "Vendas", stages: ["Novo"])],
        fields: crmFields
      )
    )
  }

  func document() throws -> SettingsDocument {
    try SettingsDocument(yaml: yaml, file: "acme.yaml", reached: isOutside ? reached : nil)
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
