package import Leads
import Postgres
import Belt

/// How the CRMs show some opportunities now.
package struct CRMReadings: Sendable {
  private var states: [IntegrationKey: Result<OpportunityState?, CRMError>] = [:]
  package private(set) var records: [IntegrationKey: CRMRecord] = [:]
  private var awaited: Set<IntegrationKey> = []

  /// One call of `read` for each integration among them.
  package init(of opportunities: [IntegrationKey], database: LeadDatabase, crms: CRMs) async throws
  {
    guard !opportunities.isEmpty else { return }
    for (key, record) in try await Self.records(of: opportunities, in: database) {
      if let record { records[key] = record } else { awaited.insert(key) }
    }
    let kinds = try await database.crmKinds(of: Array(Set(opportunities.map(\.integration))))
    for (integration, keys) in Dictionary(grouping: records.keys, by: \.integration) {
      guard let kind = kinds[integration] else { continue }
      do throws(CRMError) {
        let found = try await crms.crm(kind).read(keys.compactMap { records[$0] }, in: integration)
        for (key, state) in zip(keys, found) { states[key] = .success(state) }
      } catch {
        for key in keys { states[key] = .failure(error) }
      }
    }
  }

  /// Where the CRM keeps each; nil for one that is not known to be created yet, absent for one that is
  /// not ours.
  private static func records(of opportunities: [IntegrationKey], in database: LeadDatabase)
    async throws -> [IntegrationKey: CRMRecord?]
  {
    let rows = try await database.pool.run(
      """
      select o.integration_id, o.id, o.crm_id
      from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as k (i, o)
      join opportunity o on o.integration_id = k.i and o.id = k.o
      """
    )
    var records: [IntegrationKey: CRMRecord?] = [:]
    for row in rows {
      let key = IntegrationKey(try row.string("integration_id"), try row.identifier("id"))
      records.updateValue(
        try row.optionalString("crm_id").map { CRMRecord(id: $0) },
        forKey: key
      )
    }
    return records
  }

  /// How much an opportunity that could not be read is ours.
  package enum Standing: Sendable {
    /// We know where the CRM keeps it.
    case recorded
    /// We are about to create it, or have and do not know it yet.
    case awaited
    case foreign
  }

  package func standing(of key: IntegrationKey) -> Standing {
    if records[key] != nil { return .recorded }
    return awaited.contains(key) ? .awaited : .foreign
  }

  /// Nil inside when the CRM does not hold it, or it is not created there yet.
  package func state(of key: IntegrationKey) -> Result<OpportunityState?, CRMError> {
    states[key] ?? .success(nil)
  }
}

extension LeadDatabase {
  /// Which CRM each of these integrations writes to.
  package func crmKinds(of integrations: [String]) async throws -> [String: CRMKind] {
    let rows = try await pool.run(
      "select id, crm from integration where id = any(\(integrations)::text[])"
    )
    var kinds: [String: CRMKind] = [:]
    for row in rows { kinds[try row.string(0)] = CRMKind(rawValue: try row.string(1)) }
    return kinds
  }
}
