import DataCRM
import Leads
import OutsideCalls

extension OutsideCRM {
  /// Each account has an address of its own, and a memory for as long as the process lives.
  static func dataCRM() -> OutsideCRM {
    let memories = PlaceMemories<DataCRMMemory>()
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
          memory: memories.memory(of: settings.integration, at: place) { DataCRMMemory() },
          now: { currentMilliseconds() / 1000 }
        )
      }
    )
  }
}
