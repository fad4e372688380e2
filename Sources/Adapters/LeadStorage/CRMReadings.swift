package import Leads
import Postgres
import Workers

/// How the CRMs show some opportunities now.
package struct CRMReadings: Sendable {
  private var states: [IntegrationKey: Result<OpportunityState?, CRMError>] = [:]
  package private(set) var records: [IntegrationKey: CRMRecord] = [:]

  /// One call of `read` for each integration among them.
  package init(of opportunities: [IntegrationKey], database: LeadDatabase, crms: CRMs) async throws
  {
    guard !opportunities.isEmpty else { return }
    records = try await RDUpdateStore.records(of: opportunities, in: database)
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
