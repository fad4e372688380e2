import Belt
import BeltStorage
import Leads
import Postgres
import Testing

/// Leads of an integration whose CRM is outside.
extension Belt {
  /// Events as the opportunity creator gets them.
  func centralized(
    people: [Int] = [1],
    _ change: (inout Settings) -> Void = { _ in }
  ) async throws -> [Message] {
    try await apply(
      .flow {
        $0.crm = .rdStationCRM
        change(&$0)
      }
    )
    var webhooks = Webhooks(seed: UInt64(people[0]))
    let imported = try await follows(.leadImporter, people.map { webhooks.conversion($0) })
    return try await follows(.centralizer, imported)
  }

  /// That of the newest opportunity.
  func marker() async throws -> Identifier {
    try await pool.run("select id from opportunity order by created_at desc limit 1")[0]
      .identifier(0)
  }
}
