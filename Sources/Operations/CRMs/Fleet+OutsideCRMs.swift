import Belt
import Bootstrap
import Leads

extension Fleet {
  /// Lets a body reach outside CRMs, and ends the connections.
  func withOutsideCRMs<Value>(_ body: (OutsideCRMs) async throws -> Value) async throws -> Value {
    let outside = OutsideCRMs(
      pool: pool,
      key: settings.secretKey,
      callsPerMinute: settings.crmCallsPerMinute,
      logger: logger
    )
    do {
      let value = try await body(outside)
      await outside.close()
      return value
    } catch {
      await outside.close()
      throw error
    }
  }
}

extension OutsideCRMs {
  /// What the CRM of these settings is, and where its account is.
  ///
  /// - Throws: ``Refusal`` for one that is not outside, or whose address is not known.
  func way(of settings: Settings) throws(Refusal) -> (crm: OutsideCRM, place: OutsideCRM.Place) {
    guard let crm = known[settings.crm] else {
      throw Refusal(
        .invalid,
        "crm_not_outside",
        "the CRM of \(settings.integration) is \(settings.crm.rawValue), which needs no login"
      )
    }
    guard let place = crm.place(of: settings.crmAccount) else {
      throw Refusal(
        .invalid,
        "crm_address_missing",
        "nothing says where the account of \(crm.system.name) is",
        remedy: "Name crm.address in the document"
      )
    }
    return (crm, place)
  }
}
