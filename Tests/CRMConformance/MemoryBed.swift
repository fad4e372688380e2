package import Belt
package import Leads

/// ``MemoryCRM`` under its own suite.
package struct MemoryBed: CRMBed {
  private static let integration = "acme"
  private let office = MemoryOffice()
  private let traits: CRMTraits

  package init(traits: CRMTraits = .memory) {
    self.traits = traits
    office.setCatalogue(
      CRMCatalogue(fields: [.init(name: "segmento", type: .choice, options: ["Varejo"])]),
      in: Self.integration
    )
  }

  package var crm: any CRM {
    MemoryCRM(office, integration: Self.integration, traits: traits)
  }

  package func strike(_ fault: CRMFault, at call: CRMCall, after served: Int) {
    office.strike(fault, at: call, after: served, in: Self.integration)
  }

  package func carryOutLate() { office.carryOutLate(in: Self.integration) }

  package func act(_ act: CRMAct, on record: CRMRecord) throws -> [UInt8] {
    try office.act(act, on: record, in: Self.integration)
  }

  package func addPerson(_ keys: [MatchKey]) -> CRMRecord {
    office.addPerson(keys, in: Self.integration)
  }

  package func know(_: [RecordDraft]) {}

  package func removeOption(_: String, of field: FieldName) {
    office.setCatalogue(
      CRMCatalogue(fields: [.init(record: field.record, name: field.name, type: .choice)]),
      in: Self.integration
    )
  }

  package func removeUser(_ email: String) { office.removeUser(email, in: Self.integration) }

  package func delete(_: RecordKind, _ record: CRMRecord) {
    office.delete(record, in: Self.integration)
  }

  package func merge(_ record: CRMRecord, into other: CRMRecord) {
    office.merge(record, into: other, in: Self.integration)
  }

  package func count(of marker: Identifier) -> Int {
    office.count(of: marker, in: Self.integration)
  }

  package func contacts() -> Int { office.count(of: .contact, in: Self.integration) }
}
