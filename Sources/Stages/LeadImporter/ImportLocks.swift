import BeltStorage
import Leads
import Postgres
import Belt

/// The locks of an import: on each lead, or on all leads of an integration where they are many.
///
/// The server has room for some ten thousand locks in all, and who finds none left fails, whatever he
/// was doing. Importers of a few leads share the integration and lock their leads; one of many has the
/// integration for himself, with one lock.
enum ImportLocks {
  /// Leads of one integration that are locked one by one.
  static let leadsMax = 100

  static func taking(_ leads: [IntegrationKey]) -> SQL {
    var own: [String] = []
    var shared: [String] = []
    for (integration, leads) in Dictionary(grouping: Set(leads), by: \.integration) {
      let all = "import:\(integration)"
      if leads.count > leadsMax {
        own.append(all)
      } else {
        shared.append(all)
        own += leads.map { "lead:\(integration):\($0.id)" }
      }
    }
    return Lock.taking(own, sharing: shared)
  }
}
