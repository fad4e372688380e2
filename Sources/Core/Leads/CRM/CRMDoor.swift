/// One way to open an account of an outside CRM: what a document names for it, and how that is kept.
///
/// A login is kept in three parts, as that of an application with its refresh token is; each system fills
/// them in its own way.
package struct CRMDoor: Sendable, Hashable {
  /// Of the vendor's API; empty where there is but one.
  package let version: String
  /// The vendor's own address; nil where each account has one of its own.
  package let address: String?
  /// The document's keys for the user or the application, and for what stands beside it; nil where a login
  /// has none.
  package let clientID: String?
  package let clientSecret: String?
  /// The document's key for what is to stay secret.
  package let secret: String
  /// Whether the secret is replaced by each use, so that nobody may try it beside the fleet.
  package let isSpentByUse: Bool

  init(
    version: String = "",
    at address: String? = nil,
    clientID: String? = nil,
    clientSecret: String? = nil,
    secret: String,
    isSpentByUse: Bool = false
  ) {
    self.version = version
    self.address = address
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.secret = secret
    self.isSpentByUse = isSpentByUse
  }

  /// As a document lists them.
  package var keys: [String] { [clientID, clientSecret, secret].compactMap(\.self) }
}

extension CRMKind {
  /// The door that an integration's settings say.
  package func door(of account: CRMAccount) -> CRMDoor? {
    traits.doors.first { $0.version == account.version } ?? traits.doors.first
  }
}
