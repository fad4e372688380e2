import Leads
import OutsideCalls
import TOTVSCRM

extension OutsideCRM {
  /// Sessions are begun by each process: a password is not renewed, and one that is refused is never
  /// tried again.
  static func totvs() -> OutsideCRM {
    OutsideCRM(
      .totvs,
      .totvs,
      callsPerMinute: 600,
      grants: { http, place in TOTVSSessions(http: http, baseURL: place.address) },
      pass: { _, session in TOTVSSessions.pass(session) },
      logins: { store, http, place in
        SessionLogins(TOTVSSessions(http: http, baseURL: place.address)) { integration in
          try await store.login(of: integration).map {
            TOTVSLogin(user: $0.clientID, password: $0.refreshToken, tenant: $0.clientSecret)
          }
        }
      },
      bind: { caller, _, settings in
        TOTVSCRM(caller, integration: settings.integration) { () throws(CRMError) in
          try TOTVSPreferences(settings)
        }
      }
    )
  }
}
