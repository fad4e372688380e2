import FoundationEssentials
import Leads
import StrictJSON
import Belt

/// Webhooks as ingress would publish them.
struct Webhooks {
  /// When webhooks arrive unless a test says otherwise.
  static let now = Int64(Date.now.timeIntervalSince1970 * 1000)

  private var numbers: SeededGenerator
  private var count: Int64 = 0
  let integration: String

  init(seed: UInt64 = 1, integration: String = "acme") {
    numbers = SeededGenerator(seed: seed)
    self.integration = integration
  }

  mutating func message(_ body: JSON) -> Message {
    let id = Identifier.random(using: &numbers)
    count += 1
    return Message(
      id: id,
      type: WebhookReceived.type,
      stage: Flow.leadImporter.stage,
      integration: integration,
      journey: id,
      body: body.encoded,
      arrivedAt: Self.now + count
    )
  }

  /// A lead that converts, in the current body.
  mutating func conversion(
    _ person: Int,
    identifier: String = "orcamento",
    minute: Int = 0,
    mobile: String? = nil,
    email: String? = nil,
    tags: [String] = ["feira"],
    type: String = "WEBHOOK.CONVERTED",
    uuid: String? = nil
  ) -> Message {
    let time = "2026-03-09T14:\(minute < 10 ? "0" : "")\(minute):10.000-03:00"
    return message([
      "event_type": .string(type), "entity_type": "CONTACT",
      "event_identifier": .string(identifier), "timestamp": .string(time),
      "event_timestamp": .string(time),
      "contact": [
        "uuid": .string(uuid ?? "\(Identifier(derivedFrom: "person", String(person)))"),
        "email": .string(email ?? "pessoa\(person)@exemplo.com.br"),
        "name": .string("Pessoa \(person)"), "mobile_phone": .optional(mobile),
        "tags": .array(tags.map(JSON.string)),
        "company": ["name": .string("Empresa \(person % 7)")],
      ],
    ])
  }
}

extension Settings {
  /// The integration of these tests: everything opens an opportunity.
  static func flow(_ integration: String = "acme", _ change: (inout Settings) -> Void = { _ in })
    -> Settings
  {
    var settings = Settings(
      integration: integration,
      rdAccount: integration,
      crm: .embedded,
      importRules: ImportRules(),
      triggers: [
        Trigger(when: .opportunityMark, owner: .leadOwner, pipeline: "Vendas", stage: "Proposta"),
        Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Novo"),
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
        users: [.init(email: "ana@acme.com.br"), .init(email: "bia@acme.com.br")],
        pipelines: [.init(name: "Vendas", stages: ["Novo", "Proposta"])]
      )
    )
    change(&settings)
    return settings
  }
}
