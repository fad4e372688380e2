import Belt
import Leads
import OutsideCalls
import RDStationCRM

extension OutsideCRM {
  /// Either version of its API: v1 with a user's token, v2 with OAuth.
  static func rdStationCRM() -> OutsideCRM {
    let memories = PlaceMemories<ListMemory>()
    var crm = OutsideCRM(
      .rdStationCRM,
      .rdStationCRM,
      callsPerMinute: RDCRMQuotas().callsPerMinute,
      grants: { http, place in
        if place.door.isSpentByUse { return RollingGrants(http: http, baseURL: place.address) }
        return UserTokenCheck(http: http, baseURL: place.address)
      },
      pass: { place, token in place.door.isSpentByUse ? .bearer(token) : .userToken(token) },
      bind: { caller, place, settings in
        let tags = settings.tagField ?? RDStationCRM.tagsField
        let integration = settings.integration
        let memory = memories.memory(of: integration, at: place) { ListMemory() }
        return place.door.isSpentByUse
          ? RDStationCRM.v2(caller, integration: integration, memory: memory, tagsField: tags)
          : RDStationCRM.v1(caller, integration: integration, memory: memory, tagsField: tags)
      }
    )
    crm.subscribe = { (caller, place, integration, url) async throws(CallError) -> [String] in
      let webhooks =
        place.door.isSpentByUse
        ? RDCRMSubscriptions.v2(caller, integration: integration)
        : RDCRMSubscriptions.v1(caller, integration: integration)
      return try await webhooks.register(url)
    }
    return crm
  }
}
