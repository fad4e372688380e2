import Belt
import Leads
import Testing

/// What the suite asks of a CRM more than once, and of whom.
extension CRMBed {
  func found(_ marker: Identifier) async throws -> CRMRecord? {
    try #require(await crm.find(markers: [marker]).first).get()
  }

  func state(of record: CRMRecord) async throws -> OpportunityState? {
    try #require(await crm.read([record]).first).get()
  }

  /// Why a create failed.
  func failure() async -> CRMError.Code? {
    guard case .failure(let error)? = await crm.create([.first]).first else { return nil }
    return error.code
  }

  /// Before a change, after it, and after it was made again.
  func versions(of record: CRMRecord, _ change: () async throws -> Void) async throws
    -> [Int]
  {
    var versions = [try #require(try await state(of: record)).version]
    for _ in 0..<2 {
      try await change()
      versions.append(try #require(try await state(of: record)).version)
    }
    return versions
  }
}

extension RecordDraft {
  static let ana = RecordDraft(
    .contact,
    id: Identifier(derivedFrom: "conformance", "ana"),
    name: "Ana Prado",
    email: "ana@exemplo.com.br",
    keys: [MatchKey(.email, "ana@exemplo.com.br")],
    owner: "bia@acme.com.br"
  )
}

extension OpportunityDraft {
  static let first = named("first")
  static let second = named("second")
  static let third = named("third")
  /// Its list has no such option.
  static let unfit = named("unfit", segment: "Inexistente")

  private static func named(_ name: String, segment: String = "Varejo") -> OpportunityDraft {
    OpportunityDraft(
      marker: Identifier(derivedFrom: "conformance", name),
      title: "Ana Prado",
      contact: nil,
      company: nil,
      pipeline: "Vendas",
      stage: "Novo",
      owner: "bia@acme.com.br",
      rating: 3,
      tags: ["feira"],
      fields: [FieldValue(name: "segmento", value: segment)],
      history: []
    )
  }
}
