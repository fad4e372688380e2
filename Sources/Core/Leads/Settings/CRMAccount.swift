import StrictJSON

/// Where an integration's account at an outside CRM is, and as whom we work there.
package struct CRMAccount: Sendable, Hashable {
  /// Such as `https://crm.example`, without a slash at its end; nil is the vendor's own.
  package var address: String?
  /// One of the versions in the doors of the CRM's kind; empty where there is but one.
  package var version: String
  /// The user who logs in, where the login names one.
  package var user: String?

  package init(address: String? = nil, version: String = "", user: String? = nil) {
    self.address = address
    self.version = version
    self.user = user
  }
}

extension CRMAccount {
  var json: JSON {
    ["address": .optional(address), "version": .string(version), "user": .optional(user)]
  }

  init(json: JSON) throws(SettingsFault) {
    self.init(
      address: json["address"]?.string,
      version: try json.text("version"),
      user: json["user"]?.string
    )
  }
}
