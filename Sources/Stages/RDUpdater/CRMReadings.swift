import Belt
import BeltStorage
import Leads
import Postgres

/// How the CRMs show some opportunities now.
struct CRMReadings: Sendable {
  private var states: [IntegrationKey: Result<OpportunityState?, CRMError>] = [:]
  private var known: [IntegrationKey: Known] = [:]

  /// Where the CRM keeps an opportunity of ours.
  private struct Known: Sendable {
    let kind: CRMKind?
    /// Nil for one that is not known to be created yet.
    let record: CRMRecord?
  }

  /// One call of `read` for each integration among them, beside each other.
  init(of opportunities: [IntegrationKey], in pool: PostgresPool, _ crms: CRMs) async throws {
    let load = Self.load(opportunities)
    known = try load.read(try await pool.run(load.statements))
    let recorded = known.filter { $0.value.record != nil }
    let groups = Dictionary(grouping: recorded, by: \.key.integration)
    for read in await sideBySide(groups, { await Self.read($1, of: $0, crms) }) {
      states.merge(read) { _, last in last }
    }
  }

  private static func read(
    _ items: [(key: IntegrationKey, value: Known)],
    of integration: String,
    _ crms: CRMs
  ) async -> [IntegrationKey: Result<OpportunityState?, CRMError>] {
    guard let kind = items.first?.value.kind else { return [:] }
    do throws(CRMError) {
      let found = try await crms.crm(kind, of: integration).read(items.compactMap(\.value.record))
      return Dictionary(zip(items.map(\.key), found)) { _, last in last }
    } catch {
      return Dictionary(items.map { ($0.key, .failure(error)) }) { _, last in last }
    }
  }

  private static func load(_ opportunities: [IntegrationKey]) -> Load<[IntegrationKey: Known]> {
    Load(
      """
      select o.integration_id, o.id, o.crm_id, i.crm
      from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as k (i, o)
      join opportunity o on o.integration_id = k.i and o.id = k.o
      join integration i on i.id = k.i
      """,
      entry: { row in
        let known = Known(
          kind: CRMKind(rawValue: try row.string("crm")),
          record: try row.optionalString("crm_id").map { CRMRecord(id: $0) }
        )
        return (IntegrationKey(try row.string("integration_id"), try row.identifier("id")), known)
      }
    )
  }

  /// How much an opportunity that could not be read is ours.
  enum Standing: Sendable {
    /// We know where the CRM keeps it.
    case recorded
    /// We are about to create it, or have and do not know it yet.
    case awaited
    case foreign
  }

  func standing(of key: IntegrationKey) -> Standing {
    guard let known = known[key] else { return .foreign }
    return known.record == nil ? .awaited : .recorded
  }

  /// Nil inside when the CRM does not hold it, or it is not created there yet.
  func state(of key: IntegrationKey) -> Result<OpportunityState?, CRMError> {
    states[key] ?? .success(nil)
  }
}
