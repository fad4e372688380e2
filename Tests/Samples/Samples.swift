package import Belt
package import Leads

extension Settings {
  /// A small integration with one trigger.
  package static func sample(_ integration: String = "acme") -> Settings {
    Settings(
      integration: integration,
      rdAccount: integration,
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
        users: [CRMCatalogue.User(email: "ana@acme.example")],
        pipelines: [CRMCatalogue.Pipeline(name: "Vendas", stages: ["Novo", "Proposta"])]
      )
    )
  }
}

extension Message {
  /// A message of the belt; its id and its journey come from the name.
  package static func sample(
    _ name: String,
    stage: Flow = .centralizer,
    integration: String = "acme",
    journey: Identifier? = nil,
    attempt: Int = 1
  ) -> Message {
    Message(
      id: Identifier(derivedFrom: name),
      type: "lead.imported.v1",
      stage: stage.stage,
      integration: integration,
      journey: journey ?? Identifier(derivedFrom: name, "journey"),
      body: Array(#"{"lead":"x"}"#.utf8),
      attempt: attempt,
      deferrals: 2,
      arrivedAt: 1_772_452_800_123,
      cause: "earlier",
      trigger: .opportunity
    )
  }
}
