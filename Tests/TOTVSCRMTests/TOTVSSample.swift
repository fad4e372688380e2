import Leads
import StrictJSON
import Belt

@testable import TOTVSCRM

/// The ids of a standard tenant, as the seeds print them.
enum StandardID {
  static let situation = "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f2"
  static let origin = "ac80e699-8a31-4f20-9833-d1d3656ee89d"
  static let email = "7391c70e-aeb8-4c68-bd5c-7b5d30cf4d1d"
  static let mainPhone = "d870427c-bbad-4eb8-9af5-5183b47f648f"
  static let mobilePhone = "67cd545a-cf05-441e-a0ec-635c44e60d41"
  static let address = "b604f287-36bf-4e6d-ae83-c75c46a2fbeb"
  static let individual = "8cea3c86-1984-4c77-acf5-3f622c1efe5b"
  static let company = "40694c1a-44f9-4c3b-a5a8-aa63e0742c75"
}

extension Identifier {
  static func named(_ name: String) -> Identifier { Identifier(derivedFrom: "totvs", name) }
}

extension TOTVSVariables {
  /// The standard ones, and what a test changes.
  static func sample(_ change: [String: String] = [:]) throws -> TOTVSVariables {
    var given = ["totvs_crm_default_user": "vendas@acme.com.br"]
    given.merge(change) { $1 }
    return try TOTVSVariables(given)
  }
}

extension TOTVSTenant {
  /// A standard tenant with three users, and what a test changes.
  static func sample(_ change: (inout TOTVSTenant) -> Void = { _ in }) -> TOTVSTenant {
    func entry(_ id: String, _ description: String) -> Entry {
      Entry(id: Identifier(id) ?? .named(id), description: description)
    }
    var tenant = TOTVSTenant(
      tables: [
        .leadSituations: [entry(StandardID.situation, "Ativo"), entry("inactive", "Inativo")],
        .leadOrigins: [entry(StandardID.origin, "RD Station")],
        .emailTypes: [entry(StandardID.email, "Principal")],
        .phoneTypes: [
          entry(StandardID.mainPhone, "PRINCIPAL"), entry(StandardID.mobilePhone, "MÓVEL"),
        ],
        .addressTypes: [entry(StandardID.address, "PRINCIPAL")],
        .personTypes: [
          entry(StandardID.individual, "Física"), entry(StandardID.company, "Jurídica"),
        ],
      ],
      pipelines: [
        Pipeline(
          id: .named("MQL"),
          description: "MQL - Marketing Qualified Lead",
          stages: [
            entry("stage-1", "Abordagem e Investigação"), entry("stage-2", "Proposta"),
          ]
        ),
        Pipeline(
          id: .named("Vendas"),
          description: "Vendas",
          stages: [entry("stage-3", "Novo")]
        ),
      ],
      opportunityTypes: [entry("type-1", "Integração RD Station"), entry("type-2", "Indicação")],
      users: [
        User(id: .named("default"), email: "vendas@acme.com.br"),
        User(id: .named("ana"), email: "ana@acme.com.br"),
        User(id: .named("bia"), email: "bia@acme.com.br"),
      ]
    )
    change(&tenant)
    return tenant
  }
}

extension RecordDraft {
  /// A contact with all eleven standard fields, and what a test changes.
  static func maria(_ change: (inout RecordDraft) -> Void = { _ in }) -> RecordDraft {
    var draft = RecordDraft(
      .contact,
      id: .named("maria"),
      name: "Maria Souza",
      email: "maria@acme.com.br",
      phone: "+55 11 98888-7777",
      keys: [
        MatchKey(.rdUUID, "5408c5a3-4711-4f2e-8d0b-13407a3e30f3"),
        MatchKey(.email, "maria@acme.com.br"), MatchKey(.mobile, "5511988887777"),
      ],
      owner: "ana@acme.com.br",
      fields: [
        FieldValue(name: "Cargo", value: "Compradora"),
        FieldValue(name: "Telefone", value: "+55 11 3333-4444"),
        FieldValue(name: "Cidade", value: "Joinville"),
        FieldValue(name: "Estado", value: "Santa Catarina"),
        FieldValue(name: "Website", value: "https://acme.com.br"),
        FieldValue(name: "Facebook", value: "acme.fb"),
        FieldValue(name: "Linkedin", value: "acme.in"),
      ]
    )
    draft.company = TradingName("ACME Ltda").record
    change(&draft)
    return draft
  }

  /// Sets one of the eleven fields as the settings would map it.
  mutating func fill(_ field: TOTVSField, _ text: String) {
    fields.removeAll { $0.name == field.rawValue }
    fields.append(FieldValue(name: field.rawValue, value: text))
  }
}

extension OpportunityDraft {
  /// A draft whose settings name no place, and what a test changes.
  static func sample(_ change: (inout OpportunityDraft) -> Void = { _ in }) -> OpportunityDraft {
    var draft = OpportunityDraft(
      marker: .named("opportunity"),
      title: "Maria Souza",
      contact: CRMRecord(id: "lead-1"),
      company: TradingName("ACME Ltda").record,
      pipeline: "",
      stage: "",
      owner: "ana@acme.com.br",
      rating: nil,
      tags: [],
      fields: [],
      history: []
    )
    change(&draft)
    return draft
  }
}

extension TOTVSLead {
  /// The body of a lead in the sample tenant.
  static func sample(
    _ draft: RecordDraft = .maria(),
    in tenant: TOTVSTenant = .sample(),
    variables change: [String: String] = [:]
  ) throws -> TOTVSLead {
    let variables = try TOTVSVariables.sample(change)
    return try TOTVSLead(
      draft,
      responsible: TOTVSResponsible(draft.owner, in: tenant, variables: variables),
      in: "acme",
      variables: variables
    )
  }
}

extension TOTVSOpportunity {
  /// The body of an opportunity in the sample tenant.
  static func sample(
    _ draft: OpportunityDraft = .sample(),
    in tenant: TOTVSTenant = .sample(),
    variables change: [String: String] = [:],
    tagField: String? = nil
  ) throws -> TOTVSOpportunity {
    let variables = try TOTVSVariables.sample(change)
    return TOTVSOpportunity(
      draft,
      at: try TOTVSPlace(of: draft, in: tenant, variables: variables),
      responsible: try TOTVSResponsible(draft.owner, in: tenant, variables: variables),
      in: "acme",
      tagField: tagField
    )
  }
}

extension JSON {
  /// What stands at a path such as `phones.1.number`.
  func at(_ path: String) -> JSON? {
    path.split(separator: ".").reduce(Optional(self)) { json, part in
      guard let index = Int(part) else { return json?[String(part)] }
      guard let items = json?.array, items.indices.contains(index) else { return nil }
      return items[index]
    }
  }
}
