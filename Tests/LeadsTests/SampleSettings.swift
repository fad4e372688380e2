import Leads

extension Settings {
  /// A small integration with the embedded CRM, and what a test changes.
  static func sample(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
    var settings = Settings(
      integration: "acme",
      rdAccount: "acme",
      crm: .embedded,
      importRules: ImportRules(),
      triggers: [
        Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Novo")
      ],
      centralizeBy: .contact,
      leadNameAsCompany: false,
      taxIDField: nil,
      oneOpenDealPerLead: false,
      fields: [],
      tags: .both,
      rdUpdates: RDUpdates(),
      lossReasonField: nil,
      catalogue: CRMCatalogue(
        users: [
          .init(email: "ana@acme.com.br", isAdministrator: true), .init(email: "bia@acme.com.br"),
          .init(email: "caio@acme.com.br"),
        ],
        teams: [.init(name: "inbound-sp", members: ["bia@acme.com.br", "caio@acme.com.br"])],
        pipelines: [.init(name: "Vendas", stages: ["Novo", "Proposta"])]
      )
    )
    change(&settings)
    return settings
  }
}
