package import Leads
package import OutsideCalls
import Belt

/// RD Station CRM behind the port of all CRMs, bound to one integration.
///
/// v1 and v2 of its API differ in names and in what they can; what is done with them stands here once.
package struct RDStationCRM: CRM {
  /// The multiple choice that holds a deal's tags, unless the account calls it otherwise.
  package static let tagsField = "Tags"

  let api: any RDCRMAPI
  let memory: ListMemory
  let tagsField: String

  init(_ api: any RDCRMAPI, memory: ListMemory, tagsField: String = Self.tagsField) {
    self.api = api
    self.memory = memory
    self.tagsField = tagsField
  }

  /// With a user's token.
  ///
  /// Binding costs nothing; `memory` is shared by all bindings of a process.
  package static func v1(
    _ caller: Caller,
    integration: String,
    memory: ListMemory,
    tagsField: String = Self.tagsField
  ) -> RDStationCRM {
    RDStationCRM(V1(caller, integration: integration), memory: memory, tagsField: tagsField)
  }

  /// With OAuth; see ``v1(_:integration:memory:tagsField:)``.
  package static func v2(
    _ caller: Caller,
    integration: String,
    memory: ListMemory,
    tagsField: String = Self.tagsField
  ) -> RDStationCRM {
    RDStationCRM(V2(caller, integration: integration), memory: memory, tagsField: tagsField)
  }

  package var traits: CRMTraits { CRMKind.rdStationCRM.traits }

  package func catalogue() async throws(CRMError) -> CRMCatalogue? {
    try await making { () async throws(CallError) in
      let lists = try await api.lists()
      let teams = try await api.teams()
      return CRMCatalogue(lists, teams: teams)
    }
  }

  var lists: AccountLists {
    get async throws(CRMError) {
      try await preparing { () async throws(CallError) in try await memory.lists(of: api) }
    }
  }

  /// What the CRM does not have (any more) is not believed any longer.
  func forgetting<Answer>(_ work: () async throws(CRMError) -> Answer) async
    -> Result<Answer, CRMError>
  {
    do throws(CRMError) {
      return .success(try await work())
    } catch {
      if error.code == .configuration { await memory.forget(api.integration) }
      return .failure(error)
    }
  }

  /// One answer an item, in order; of what is read or may be done again, four are on the way together.
  func each<Item: Sendable, Answer: Sendable>(
    _ items: [Item],
    _ work: @escaping @Sendable (Item) async throws(CRMError) -> Answer
  ) async -> [Result<Answer, CRMError>] {
    let numbered = Dictionary(
      uniqueKeysWithValues: items.enumerated().map { ($0.offset, [$0.element]) }
    )
    let served = await sideBySide(numbered, atOnce: 4) { number, items in
      (number, await forgetting { () async throws(CRMError) in try await work(items[0]) })
    }
    return served.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension CRMCatalogue {
  /// Only who can be given work; the fields of the vendor's own beside the customer's.
  init(_ lists: AccountLists, teams: [Team]) {
    self.init(
      users: lists.users.filter(\.isActive).map { User(email: $0.email) },
      teams: teams,
      pipelines: lists.pipelines.map { Pipeline(name: $0.name, stages: $0.stages.map(\.name)) },
      fields: lists.fields.map { field in
        Field(
          record: field.record,
          name: field.label,
          type: field.type,
          options: field.options,
          isRequired: field.isRequired,
          takesNewOptions: field.takesNewOptions
        )
      } + NativeField.allCases.map(\.catalogued)
    )
  }
}
