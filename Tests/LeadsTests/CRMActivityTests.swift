import Leads
import StrictJSON
import TestKit
import Testing
import Belt

/// Deals and tasks that RD Station CRM writes into RD Station Marketing.
struct CRMActivityTests {
  private func code(_ body: JSON, _ rules: ImportRules = ImportRules()) throws -> String? {
    rules.refusal(of: try Bodies.event(body))?.code
  }

  @Test(arguments: ["02b-deal-created", "02c-task-created"])
  func `a deal or a task of RD Station CRM is no conversion`(name: String) throws {
    let body = try JSON(parsing: CaseBody.bytes(name))
    #expect(try code(body) == "crm_activity")
    #expect(try code(body, ImportRules(crmActivity: true)) == nil)
  }

  @Test(arguments: ["02a-form", "02e-real-page"])
  func `a page that names the product is a page`(name: String) throws {
    #expect(try code(JSON(parsing: CaseBody.bytes(name))) == nil)
  }

  @Test(
    arguments: [
      ("Negociação criada no RD Station CRM", true),
      ("negociacao-atualizada-no-rd-station-crm", true),
      ("Oportunidade atualizada no RD Station CRM", true), ("RD Station CRM", false),
      ("rd-station-crm", false),
      ("Tarefa criada no RD Station CRM", true), ("TAREFA_CONCLUIDA_NO_RD_STATION_CRM", true),
      ("Negociación creada en RD Station CRM", true),
      ("Tarea actualizada en el RD Station CRM", true),
      ("Deal created in RD Station CRM", true), ("Negociação perdida no RD Station CRM", true),
      ("lp-comparativo-rd-station-crm", false), ("Oportunidade única no RD Station CRM", false),
      ("Curso: negociação criada no RD Station CRM", false), ("Demo do RD Station CRM", false),
      ("Negociação criada no RD Station CRM 2026", false), ("pedido-de-orcamento", false),
    ]
  )
  func `a label is activity as a whole or not at all, in both bodies`(
    label: String,
    isActivity: Bool
  ) throws {
    for body in [Bodies.legacy(conversion: label), Bodies.current(identifier: label)] {
      #expect(try code(body) == (isActivity ? "crm_activity" : nil))
    }
  }

  @Test(
    arguments: [
      ("OPPORTUNITY_CREATED", true), ("TASK_FINISHED", true), ("DEAL_WON", true),
      ("NOTE_CREATED", true), ("ANNOTATION_CREATED", true), ("ACTIVITY_CREATED", true),
      ("SALE_CREATED", true), ("CONVERSION", false), ("Casamento", false), ("Task force", false),
      ("CHAT_STARTED", false), ("opportunity", false),
    ]
  )
  func `a type is activity only where it is one of that product's, since forms ask for types too`(
    type: String,
    isActivity: Bool
  ) throws {
    let inside: JSON = ["__cdp__original_event": ["event_type": .string(type)]]
    for content in [inside, ["event_type": .string(type)]] as [JSON] {
      let body = Bodies.legacy {
        $0["last_conversion"] = ["source": "festa", "content": content]
      }
      #expect(try code(body) == (isActivity ? "crm_activity" : nil))
    }
    let label: JSON = "Tarefa criada no RD Station CRM"
    let body = Bodies.legacy {
      $0["last_conversion"] = ["source": label, "content": ["event_type": .string(type)]]
    }
    #expect(try code(body) == "crm_activity")
  }

  @Test func `a mark is not concerned`() throws {
    let mark = Bodies.current(
      type: "WEBHOOK.MARKED_OPPORTUNITY",
      identifier: "Negociação criada no RD Station CRM"
    )
    #expect(try code(mark) == nil)
  }
}
