package import Belt
package import Leads
import StrictJSON
import Synchronization

/// Where the records of ``MemoryCRM`` are, an account an integration; also its people, and what breaks.
package final class MemoryOffice: Sendable {
  /// One account.
  struct Books: Sendable {
    struct Deal: Sendable {
      let marker: Identifier
      let owner: String
      var contact: CRMRecord?
      let company: CRMRecord?
      var state: OpportunityState
      var fields: [String: [String]]
      var history: [HistoryItem] = []
    }

    struct Person: Sendable {
      let kind: RecordKind
      var name: String?
      var keys: Set<MatchKey>
      var owner: String?
      var company: CRMRecord?
      var fields: [String: [String]] = [:]
    }

    var catalogue = CRMCatalogue()
    fileprivate(set) var people: [CRMRecord: Person] = [:]
    fileprivate(set) var deals: [CRMRecord: Deal] = [:]
    /// The deals that changed, in the order of their changes.
    fileprivate(set) var changed: [CRMRecord] = []
    var trouble = MemoryTrouble()
    /// Users who left.
    fileprivate var gone: Set<String> = []
    private var numbers = 0

    private mutating func newRecord() -> CRMRecord {
      numbers += 1
      return CRMRecord(id: "m\(numbers)")
    }

    /// The record of a draft: by its id while that is there, then by its keys.
    func record(of draft: RecordDraft, keys: [MatchKey]) -> CRMRecord? {
      draft.record.flatMap { people[$0] == nil ? nil : $0 } ?? record(draft.kind, keys: keys)
    }

    func record(_ kind: RecordKind, keys: [MatchKey]) -> CRMRecord? {
      keys.lazy.compactMap { key in
        people.first { $0.value.kind == kind && $0.value.keys.contains(key) }?.key
      }.first
    }

    func record(marked marker: Identifier) -> CRMRecord? {
      deals.first { $0.value.marker == marker }?.key
    }

    mutating func put(_ draft: RecordDraft, at known: CRMRecord?) -> CRMRecord {
      let record = known ?? newRecord()
      var person = people[record] ?? Person(kind: draft.kind, keys: [])
      person.name = person.name ?? draft.name
      person.owner = person.owner ?? draft.owner
      person.company = draft.company ?? person.company
      person.keys.formUnion(draft.keys)
      for field in draft.fields { person.fields[field.name] = field.values }
      people[record] = person
      return record
    }

    mutating func create(_ draft: OpportunityDraft) -> CRMRecord {
      let record = newRecord()
      deals[record] = Deal(
        marker: draft.marker,
        owner: draft.owner,
        contact: draft.contact,
        company: draft.company,
        state: OpportunityState(
          status: .open,
          stage: draft.stage,
          value: nil,
          lossReason: nil,
          tags: draft.tags,
          // As outside CRMs count changes: by times in milliseconds.
          version: 1_764_550_000_000
        ),
        fields: Dictionary(draft.fields.map { ($0.name, $0.values) }) { _, last in last }
      )
      return record
    }

    /// - Throws: ``CRMError`` of code `refused` for a deal that is not there.
    mutating func change(_ record: CRMRecord, _ change: (inout Deal) -> Void) throws(CRMError) {
      guard let before = deals[record] else {
        throw CRMError(.refused, Reason("memory_not_found", "There is no such deal."))
      }
      var deal = before
      change(&deal)
      let isSame =
        deal.state == before.state && deal.fields == before.fields && deal.history == before.history
        && deal.contact == before.contact
      guard !isSame else { return }
      deal.state.version += 1
      deals[record] = deal
      changed.append(record)
    }

    /// - Throws: ``CRMError`` of code `configuration` for a value that its list does not have (any more).
    func check(_ fields: [FieldValue], of kind: RecordKind) throws(CRMError) {
      for value in fields {
        let field = catalogue.field(value.name, of: kind)
        guard field.type.hasOptions, !Set(value.values).isSubset(of: field.options) else {
          continue
        }
        throw CRMError(
          .configuration,
          Reason("memory_option_gone", "The CRM's list \(value.name) has no such option.")
        )
      }
    }

    /// - Throws: ``CRMError`` of code `configuration` for a user who left.
    func check(owner: String?) throws(CRMError) {
      guard let owner, gone.contains(owner) else { return }
      throw CRMError(
        .configuration,
        Reason("memory_user_gone", "The owner is no user of the CRM any more.")
      )
    }

    mutating func delete(_ record: CRMRecord) {
      people[record] = nil
      deals[record] = nil
    }
  }

  private let books = Mutex<[String: Books]>([:])

  package init() {}

  /// Looks into an account, or changes it, as no call does.
  func at<Answer>(_ integration: String, _ body: (inout sending Books) -> sending Answer) -> Answer
  {
    books.withLock { body(&$0[integration, default: Books()]) }
  }

  /// A call of the adapter, with whatever breaks it.
  func call<Answer: Sendable>(
    _ call: CRMCall,
    _ integration: String,
    creating draft: OpportunityDraft? = nil,
    _ body: (inout Books) throws(CRMError) -> Answer
  ) -> Result<Answer, CRMError> {
    books.withLock { all in
      var account = all[integration, default: Books()]
      defer { all[integration] = account }
      do throws(CRMError) {
        return .success(try account.call(call, creating: draft, body))
      } catch {
        return .failure(error)
      }
    }
  }

  /// `call`: any that the fault can meet where it is nil.
  package func strike(
    _ fault: CRMFault,
    at call: CRMCall? = nil,
    after served: Int = 0,
    in integration: String
  ) {
    at(integration) { $0.trouble.strike(fault, at: call, after: served) }
  }

  package func carryOutLate(in integration: String) {
    at(integration) { books in
      for draft in books.trouble.takeLate() { _ = books.create(draft) }
    }
  }

  package func renewLogin(in integration: String) { at(integration) { $0.trouble.renewLogin() } }

  package func act(_ act: CRMAct, on record: CRMRecord, in integration: String) throws -> [UInt8] {
    try books.withLock { all in
      var account = all[integration, default: Books()]
      defer { all[integration] = account }
      try account.change(record) { deal in
        switch act {
        case .win(let value):
          deal.state.status = .won
          deal.state.value = value
        case .lose(let reason):
          deal.state.status = .lost
          deal.state.lossReason = reason
        case .tag(let tags): deal.state.tags = tags
        }
      }
    }
    return (["deal": .string(record.id)] as JSON).encoded
  }

  package func addPerson(_ keys: [MatchKey], in integration: String) -> CRMRecord {
    at(integration) {
      $0.put(RecordDraft(.contact, id: Identifier(high: 0, low: 0), keys: keys), at: nil)
    }
  }

  package func removeUser(_ email: String, in integration: String) {
    at(integration) { _ = $0.gone.insert(email) }
  }

  package func delete(_ record: CRMRecord, in integration: String) {
    at(integration) { $0.delete(record) }
  }

  package func merge(_ record: CRMRecord, into other: CRMRecord, in integration: String) {
    at(integration) { books in
      let keys = books.people[record]?.keys ?? []
      books.people[other]?.keys.formUnion(keys)
      books.delete(record)
    }
  }

  package func setCatalogue(_ catalogue: CRMCatalogue, in integration: String) {
    at(integration) { $0.catalogue = catalogue }
  }

  package func count(of marker: Identifier, in integration: String) -> Int {
    at(integration) { books in books.deals.values.count { $0.marker == marker } }
  }

  package func count(of kind: RecordKind, in integration: String) -> Int {
    at(integration) { books in books.people.values.count { $0.kind == kind } }
  }

  /// Of each contact or company.
  package func owners(of kind: RecordKind, in integration: String) -> [String?] {
    at(integration) { books in books.people.values.filter { $0.kind == kind }.map(\.owner) }
  }

  package func owners(of marker: Identifier, in integration: String) -> [String] {
    at(integration) { books in books.deals.values.filter { $0.marker == marker }.map(\.owner) }
  }

  package func record(of marker: Identifier, in integration: String) -> CRMRecord? {
    at(integration) { $0.record(marked: marker) }
  }

  package func fields(of marker: Identifier, in integration: String) -> [String: [String]] {
    at(integration) { books in
      books.deals.values.first { $0.marker == marker }?.fields ?? [:]
    }
  }

  /// As where a CRM links contacts by a call of its own, and the create was cut off before it.
  package func cutOffContact(of marker: Identifier, in integration: String) {
    at(integration) { books in
      for (record, deal) in books.deals where deal.marker == marker {
        books.deals[record]?.contact = nil
      }
    }
  }

  /// The contact and the company that an opportunity refers to.
  package func references(of marker: Identifier, in integration: String) -> [CRMRecord] {
    at(integration) { books in
      books.deals.values.filter { $0.marker == marker }
        .flatMap { [$0.contact, $0.company].compactMap(\.self) }
    }
  }
}
