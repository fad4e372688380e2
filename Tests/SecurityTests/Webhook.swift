import Leads
import StrictJSON
import Belt

/// Webhooks as ingress would publish them.
enum Webhook {
  static func message(_ body: [UInt8], _ name: String, integration: String = "acme") -> Message {
    let id = Identifier(derivedFrom: "webhook", integration, name)
    return Message(
      id: id,
      type: WebhookReceived.type,
      stage: Flow.leadImporter.stage,
      integration: integration,
      journey: id,
      body: body,
      arrivedAt: 1_773_075_730_000
    )
  }

  /// A lead that converts; `change` works on the contact.
  static func conversion(
    of person: Int,
    identifier: String = "orcamento",
    integration: String = "acme",
    _ change: (inout JSON.Members) -> Void = { _ in }
  ) -> Message {
    var contact = JSON.Members([
      .init(key: "uuid", value: .string("\(Identifier(derivedFrom: "person", "\(person)"))")),
      .init(key: "email", value: .string("pessoa\(person)@exemplo.com.br")),
      .init(key: "name", value: .string("Pessoa \(person)")),
      .init(key: "tags", value: ["feira"]),
      .init(key: "company", value: ["name": .string("Empresa \(person)")]),
    ])
    change(&contact)
    let body: JSON = [
      "event_type": "WEBHOOK.CONVERTED", "entity_type": "CONTACT",
      "event_identifier": .string(identifier), "timestamp": "2026-03-09T14:00:10.000-03:00",
      "event_timestamp": "2026-03-09T14:00:10.000-03:00", "contact": .object(contact),
    ]
    return message(body.encoded, "\(person) \(identifier)", integration: integration)
  }
}

extension Settings {
  /// Everything opens an opportunity.
  static func secure(
    _ integration: String = "acme",
    _ change: (inout Settings) -> Void = { _ in }
  ) -> Settings {
    var settings = Settings(
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
        users: [.init(email: "ana@vendas.com.br")],
        pipelines: [.init(name: "Vendas", stages: ["Novo", "Proposta"])]
      )
    )
    change(&settings)
    return settings
  }
}
