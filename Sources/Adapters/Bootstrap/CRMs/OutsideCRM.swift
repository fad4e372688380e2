package import AsyncHTTPClient
package import Belt
package import Leads
package import OutsideCalls

/// One kind of CRM that stands outside: what it takes to log in there and to bind it to an integration.
///
/// Values and functions only; what is made of them for an account is kept by ``OutsideCRMs``.
package struct OutsideCRM: Sendable {
  /// An account as it is reached, with the door that opens it.
  package struct Place: Sendable, Hashable {
    package let address: String
    package let door: CRMDoor
  }

  package let kind: CRMKind
  let dialect: Dialect
  /// What the vendor grants an account, where the fleet's settings do not say.
  let callsPerMinute: Int
  /// What tries a login, and renews it where the CRM hands out tokens.
  package let grants: @Sendable (HTTPClient, Place) -> any TokenGrants
  /// What carries the token of a grant.
  package let pass: @Sendable (Place, _ token: String) -> Pass
  /// Where the workers get what opens an account.
  let logins: @Sendable (CredentialStore, HTTPClient, Place) -> any Logins
  let bind: @Sendable (Caller, Place, Settings) -> any CRM
  /// Makes its webhooks come to an address, and gives the events that do not; nil where only people make
  /// them, on its screens.
  var subscribe:
    (
      @Sendable (Caller, Place, _ integration: String, _ url: String)
        async throws(CallError) -> [String]
    )?

  package var system: OutsideSystem { dialect.system }

  /// Logins at a CRM that hands out tokens: refreshed once for the whole fleet.
  ///
  /// `logins`: nil for those.
  init(
    _ kind: CRMKind,
    _ dialect: Dialect,
    callsPerMinute: Int,
    grants: @escaping @Sendable (HTTPClient, Place) -> any TokenGrants,
    pass: @escaping @Sendable (Place, String) -> Pass,
    logins: (@Sendable (CredentialStore, HTTPClient, Place) -> any Logins)? = nil,
    bind: @escaping @Sendable (Caller, Place, Settings) -> any CRM
  ) {
    self.kind = kind
    self.dialect = dialect
    self.callsPerMinute = callsPerMinute
    self.grants = grants
    self.pass = pass
    self.logins =
      logins ?? { store, http, place in
        RefreshedLogins(
          store: store,
          grants: grants(http, place),
          pass: { pass(place, $0) }
        )
      }
    self.bind = bind
  }

  /// Nil for an account whose address is not known.
  package func place(of account: CRMAccount) -> Place? {
    guard let door = kind.door(of: account), let address = account.address ?? door.address else {
      return nil
    }
    return Place(address: address, door: door)
  }
}
