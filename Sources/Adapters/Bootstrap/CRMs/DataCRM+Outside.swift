import DataCRM
import Leads
import OutsideCalls
private import Synchronization

extension OutsideCRM {
  /// Each account has an address of its own, and a memory for as long as the process lives.
  static func dataCRM() -> OutsideCRM {
    let memories = DataCRMMemories()
    return OutsideCRM(
      .datacrm,
      .dataCRM,
      callsPerMinute: 600,
      grants: { http, place in DataCRMSessions(http: http, baseURL: place.address) },
      pass: { _, session in DataCRMSessions.pass(session) },
      bind: { caller, place, settings in
        var places = DataCRMPlaces()
        places.user = settings.crmAccount.user
        places.tags = settings.tagField
        return DataCRM(
          caller,
          integration: settings.integration,
          places: places,
          memory: memories.memory(of: settings.integration, at: place),
          now: { currentMilliseconds() / 1000 }
        )
      }
    )
  }
}

private final class DataCRMMemories: Sendable {
  private struct Key: Hashable {
    let integration: String
    let place: OutsideCRM.Place
  }

  private let known = Mutex<[Key: DataCRMMemory]>([:])

  func memory(of integration: String, at place: OutsideCRM.Place) -> DataCRMMemory {
    known.withLock { known in
      let key = Key(integration: integration, place: place)
      let memory = known[key] ?? DataCRMMemory()
      known[key] = memory
      return memory
    }
  }
}
