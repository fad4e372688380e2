import Leads
import SettingsDocument
import StrictJSON
import TestKit
import Testing

@Suite struct SettingsChangesTests {
  static let before: Settings = {
    let catalogue = CRMCatalogue(
      users: [.init(email: "ana@acme.example")],
      teams: [.init(name: "inbound-sp", members: ["ana@acme.example"])],
      pipelines: [.init(name: "Vendas", stages: ["Novo", "Proposta"])],
      fields: [.init(name: "segmento")]
    )
    return Settings(
      integration: "acme",
      rdAccount: "acme",
      crm: .embedded,
      triggers: [
        Trigger(when: .opportunityMark, owner: .leadOwner, pipeline: "Vendas", stage: "Novo"),
        Trigger(
          when: .conversion("orcamento"),
          owner: .everyone,
          pipeline: "Vendas",
          stage: "Novo"
        ),
      ],
      fields: [FieldMapping(crm: "segmento", rd: "cf_segmento", fallback: "Varejo")],
      catalogue: catalogue
    )
  }()

  static func sentences(_ change: (inout Settings) -> Void) -> [String] {
    var after = before
    change(&after)
    return SettingsChanges.between(before, after).map(\.description)
  }

  @Test func `equal settings have no change`() {
    #expect(Self.sentences { _ in } == [])
  }

  @Test func `a changed trigger and a changed row are told by their names`() {
    #expect(
      Self.sentences {
        $0.triggers[1].owner = .team("inbound-sp")
        $0.fields[0].fallback = nil
        $0.fields[0].onMismatch = .hold
      } == [
        "trigger 2 (conversion “orcamento”): owner everyone → team:inbound-sp",
        "field opportunity.segmento: default “Varejo” → none",
        "field opportunity.segmento: on_mismatch none → hold",
      ]
    )
  }

  @Test func `a trigger put before others is one that came, and no other one has changed`() {
    #expect(
      Self.sentences {
        $0.triggers.insert(
          Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Proposta"),
          at: 0
        )
      } == [
        "+ trigger 1 (any conversion): owner everyone, pipeline “Vendas”, stage “Proposta”, "
          + "qualification_from_scoring false, on_repeat new"
      ]
    )
  }

  @Test func `a trigger that is gone is told with the number that it had`() {
    #expect(
      Self.sentences { $0.triggers.removeFirst() } == ["- trigger 1 (opportunity mark)"]
    )
  }

  @Test func `triggers that change places are told as moved, as few as possible`() {
    let third = Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Novo")
    var before = Self.before
    before.triggers.append(third)
    var after = Self.before
    after.triggers.insert(third, at: 0)
    #expect(
      SettingsChanges.between(before, after).map(\.description) == [
        "trigger 1 (any conversion): moved from place 3 to 1"
      ]
    )
  }

  @Test(arguments: [
    [2, 1, 0], [1, 2, 0], [2, 0, 1], [3, 1, 2, 0], [2, 3, 1, 0], [4, 1], [1, 4, 0, 2],
  ])
  func `no trigger moves from a place to the same place`(_ order: [Int]) {
    let all = (0..<5).map { number in
      Trigger(
        when: .conversion("form-\(number)"),
        owner: .everyone,
        pipeline: "Vendas",
        stage: "Novo"
      )
    }
    var (before, after) = (Self.before, Self.before)
    before.triggers = Array(all[0..<4])
    after.triggers = order.map { all[$0] }
    let changes = SettingsChanges.between(before, after).map(\.description)
    #expect(!changes.isEmpty)
    for change in changes {
      if let match = change.firstMatch(of: /moved from place (\d+) to (\d+)/) {
        #expect(match.1 != match.2, "\(change)")
      }
    }
  }

  @Test func `a list tells what came and went`() {
    #expect(
      Self.sentences {
        $0.importRules.ignoredEmailDomains = ["concorrente.com.br"]
        $0.catalogue.pipelines[0].stages = ["Novo", "Fechamento"]
        $0.records.create.remove(.company)
      } == [
        "import.ignored_email_domains: + “concorrente.com.br”", "records.create: - “company”",
        "pipeline “Vendas”: stages + “Fechamento”, - “Proposta”",
      ]
    )
  }

  @Test func `a list in another order is told whole`() {
    #expect(
      Self.sentences { $0.catalogue.pipelines[0].stages = ["Proposta", "Novo"] } == [
        "pipeline “Vendas”: stages “Novo”, “Proposta” → “Proposta”, “Novo”"
      ]
    )
  }

  @Test(.behaviour("B161")) func `a field that both tools got later is told with its row`() {
    #expect(
      Self.sentences {
        $0.catalogue.fields.append(.init(record: .contact, name: "cargo"))
        $0.rdFields.append(RDField(name: "cf_cargo", type: .text))
        $0.fields.append(
          FieldMapping(record: .contact, crm: "cargo", rd: "cf_cargo", fallback: nil)
        )
      } == [
        "+ CRM field contact.cargo: type text, required false, new_options false",
        "+ RD Station's field cf_cargo: type text",
        "+ field contact.cargo: rd cf_cargo, clear false",
      ]
    )
  }

  @Test func `every part of the settings is compared`() {
    let changes: [(inout Settings) -> Void] = [
      { $0.rdAccount = "b" }, { $0.crm = .totvs },
      { $0.crmAccount.address = "https://a" }, { $0.crmAccount.version = "v2" },
      { $0.crmAccount.user = "u" }, { $0.importRules.conversions = ["a"] },
      { $0.importRules.jobTitles = ["a"] }, { $0.importRules.leadScoring = ["A"] },
      { $0.importRules.marksOnly = true }, { $0.triggers[0].stage = "Proposta" },
      { $0.triggers[0].pipeline = "B" }, { $0.triggers[0].qualificationFromScoring = true },
      { $0.triggers[0].onRepeat = .reuseOpen }, { $0.centralizeBy = .company },
      { $0.leadNameAsCompany = true }, { $0.taxIDField = "cf_cnpj" },
      { $0.oneOpenDealPerLead = true }, { $0.records.owners[.contact] = .everyone },
      { $0.records.owners[.company] = .everyone }, { $0.fields[0].rd = "city" },
      { $0.fields[0].translations = ["a": "b"] }, { $0.fields[0].clears = true },
      { $0.fields[0].record = .contact }, { $0.tags = .both }, { $0.tagField = "t" },
      { $0.rdUpdates.opportunityMark = false }, { $0.rdUpdates.standardConversions = false },
      { $0.rdUpdates.outcomes = false }, { $0.rdUpdates.lifecycleStage = false },
      { $0.rdUpdates.saleConversionOnAnyClose = true }, { $0.rdUpdates.tags = ["a"] },
      { $0.lossReasonField = "M" }, { $0.catalogue.users[0].isAdministrator = true },
      { $0.catalogue.teams[0].members = [] }, { $0.catalogue.defaultUser = "ana@acme.example" },
      { $0.catalogue.plan = .free }, { $0.catalogue.fields[0].type = .number },
      { $0.catalogue.fields[0].options = ["a"] }, { $0.catalogue.fields[0].isRequired = true },
      { $0.catalogue.fields[0].takesNewOptions = true },
      { $0.catalogue.fields[0].optionMax = 50 }, { $0.catalogue.fields[0].record = .contact },
      { $0.variables = ["a": "b"] }, { $0.rdFields = [RDField(name: "cf_a", type: .text)] },
    ]
    for (index, change) in changes.enumerated() {
      #expect(!Self.sentences(change).isEmpty, "change \(index)")
    }
  }

  @Test func `machines get the parts of a change`() {
    var after = Self.before
    after.triggers[1].owner = .administrators
    #expect(
      SettingsChanges.between(Self.before, after).map(\.json) == [
        [
          "change": "changed", "subject": "trigger 2 (conversion “orcamento”)", "member": "owner",
          "before": "everyone", "after": "administrators",
          "sentence": "trigger 2 (conversion “orcamento”): owner everyone → administrators",
        ]
      ]
    )
  }
}
