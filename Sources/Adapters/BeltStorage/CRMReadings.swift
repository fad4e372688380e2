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
    for (key, record) in try await RDUpdateStore.records(of: opportunities, in: database) {
      if let record { records[key] = record } else { awaited.insert(key) }
    }
    let kinds = try await database.crmKinds(of: Array(Set(opportunities.map(\.integration))))
    for (integration, keys) in Dictionary(grouping: records.keys, by: \.integration) {
      guard let kind = kinds[integration] else { continue }
      do throws(CRMError) {
        let crm = try crms.crm(kind, of: integration)
        let found = await crm.read(keys.compactMap { records[$0] })
        for (key, state) in zip(keys, found) { states[key] = state }
      } catch {
        for key in keys { states[key] = .failure(error) }
      }
    }
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
