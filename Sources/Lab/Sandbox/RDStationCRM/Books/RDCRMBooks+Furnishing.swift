internal import SandboxLeads
internal import StrictJSON

extension RDCRMBooks {
  /// What an account has before its customer begins: people, pipelines, lists and fields.
  ///
  /// The token of the first user names the account, so that a document can be written before anybody has
  /// looked at its screens.
  mutating func furnish(_ account: String, _ now: Timestamp) {
    let people = [
      ("Bia Lima", "bia", true), ("Rui Teles", "rui", false), ("Caio Dias", "caio", false),
    ]
    users = people.map { name, mailbox, isAdministrator in
      RDCRMUser(
        id: newID(),
        name: name,
        email: "\(mailbox)@\(account).com.br",
        isAdministrator: isAdministrator,
        token: newID()
      )
    }
    users[0].token = RDCRMUser.firstToken + account
    teams = [RDCRMTeam(id: newID(), name: "Comercial", userIDs: users.map(\.id))]
    pipelines = [
      ("Vendas", ["Novo", "Proposta", "Negociação"]), ("Pós-venda", ["Entrada", "Renovação"]),
    ].map { name, stages in
      RDCRMPipeline(
        id: newID(),
        name: name,
        stages: stages.map { RDCRMStage(id: newID(), name: $0) }
      )
    }
    sources = ["Busca orgânica", "Indicação"].map { named($0, now) }
    campaigns = [named("Lançamento", now)]
    lostReasons = ["Preço", "Sem orçamento", "Concorrente"].map { named($0, now) }
    fields = [
      RDCRMField(
        id: newID(),
        label: "segmento",
        type: "option",
        entity: "deal",
        options: ["Varejo", "Indústria"]
      ),
      RDCRMField(id: newID(), label: "origem", type: "text", entity: "deal"),
      RDCRMField(id: newID(), label: "Visita em", type: "date", entity: "deal"),
      RDCRMField(
        id: newID(),
        label: "Tags",
        type: "multiple_choice",
        entity: "deal",
        options: ["feira"],
        allowsNew: true
      ),
      RDCRMField(id: newID(), label: "fone", type: "text", entity: "deal"),
      RDCRMField(id: newID(), label: "Cidade", type: "text", entity: "contact"),
      RDCRMField(id: newID(), label: "CNPJ", type: "text", entity: "organization"),
    ]
  }

  mutating func named(_ name: String, _ now: Timestamp, description: String? = nil) -> RDCRMNamed {
    RDCRMNamed(
      id: newID(),
      name: name,
      description: description,
      createdAt: now,
      updatedAt: now
    )
  }
}
