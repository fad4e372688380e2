internal import SandboxLeads
internal import StrictJSON

/// A tenant as TOTVS delivers it, with the ids that the integration's variables have as defaults, and what
/// the customer of a lab has added.
extension TenantState {
  mutating func setUpStandard(_ name: String, at time: Timestamp) {
    add(.leadSituations, "Ativo", id: "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f2", at: time)
    add(.leadSituations, "Inativo", at: time)
    add(.leadOrigins, "RD Station", id: "ac80e699-8a31-4f20-9833-d1d3656ee89d", at: time)
    add(.emailTypes, "Principal", id: "7391c70e-aeb8-4c68-bd5c-7b5d30cf4d1d", at: time)
    add(.phoneTypes, "PRINCIPAL", id: "d870427c-bbad-4eb8-9af5-5183b47f648f", at: time)
    add(.phoneTypes, "MÓVEL", id: "67cd545a-cf05-441e-a0ec-635c44e60d41", at: time)
    add(.addressTypes, "PRINCIPAL", id: "b604f287-36bf-4e6d-ae83-c75c46a2fbeb", at: time)
    add(.personTypes, "Física", id: "8cea3c86-1984-4c77-acf5-3f622c1efe5b", at: time)
    add(.personTypes, "Jurídica", id: "40694c1a-44f9-4c3b-a5a8-aa63e0742c75", at: time)
    add(.opportunityTypes, "Integração RD Station", at: time)
    add(.opportunityTypes, "Indicação", at: time)
    for reason in ["Preço", "Concorrência", "Sem resposta"] { add(.lossReasons, reason, at: time) }
    addPipeline(
      "MQL - Marketing Qualified Lead",
      stages: ["Abordagem e Investigação", "Proposta"],
      at: time
    )
    addPipeline("Vendas", stages: ["Novo", "Negociação"], at: time)
    for email in ["vendas", "ana", "bia"] {
      addUser("\(email)@\(name).com.br", roles: ["SELLER"], at: time)
    }
    addUser("sem.papel@\(name).com.br", roles: [], at: time)
    addField("rdStationId", to: .leadFields, at: time)
    for name in ["statusRD", "tagsRD", "origem"] {
      addField(name, to: .opportunityFields, at: time)
    }
    addField("historicoRD", to: .opportunityFields, type: "TEXTAREA", at: time)
    addField(
      "segmento",
      to: .opportunityFields,
      type: "LIST",
      options: ["Varejo", "Indústria"],
      at: time
    )
  }

  mutating func addUser(_ email: String, roles: [String], at time: Timestamp) {
    let members: JSON = [
      "email": .string(email), "name": .string(email), "active": true,
      "roles": .array(roles.map(JSON.string)),
    ]
    insert(JSON.Members(members.members ?? []), into: .users, at: time)
  }

  mutating func addField(
    _ name: String,
    to table: TenantTable,
    type: String = "TEXT",
    options: [String] = [],
    at time: Timestamp
  ) {
    let members: JSON = [
      "name": .string(name), "description": .string(name), "type": .string(type),
      "options": .array(options.map(JSON.string)), "required": false,
    ]
    insert(JSON.Members(members.members ?? []), into: table, at: time)
  }

  private mutating func addPipeline(_ name: String, stages: [String], at time: Timestamp) {
    let id = add(.pipelines, name, at: time)
    for stage in stages {
      let members: JSON = ["description": .string(stage), "pipelineId": .string(id)]
      insert(JSON.Members(members.members ?? []), into: .stages, at: time)
    }
  }

  @discardableResult
  private mutating func add(
    _ table: TenantTable,
    _ description: String,
    id: String? = nil,
    at time: Timestamp
  ) -> String {
    let members: JSON = ["description": .string(description)]
    return insert(JSON.Members(members.members ?? []), into: table, id: id, at: time).id
  }
}
