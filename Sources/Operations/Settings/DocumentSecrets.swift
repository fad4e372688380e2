import Leads
package import OutsideCalls
package import SettingsDocument

extension SettingsDocument {
  /// What of the login the document names and this environment does not hold: apply would refuse it.
  package func missingSecrets(in environment: [String: String]) -> [String] {
    secrets(in: environment).missing + crmSecrets(in: environment).missing
  }

  /// The login that the document in a file names, by the environment of the person who applies it.
  ///
  /// - Returns: Nil when it names none.
  /// - Throws: ``Refusal`` with everything that is missing at once.
  package func login(in environment: [String: String], from file: String) throws(Refusal)
    -> GivenLogin?
  {
    guard credentials != nil else { return nil }
    let values = try secrets(in: environment).complete(from: file)
    return GivenLogin(
      clientID: values["client_id"] ?? "",
      clientSecret: values["client_secret"] ?? "",
      refreshToken: values["refresh_token"] ?? ""
    )
  }

  /// Where the account of the outside CRM is, and the login that the document names for it.
  ///
  /// - Returns: Nil for a CRM that needs none.
  /// - Throws: ``Refusal`` with everything that is missing at once.
  package func crmSecrets(in environment: [String: String], from file: String) throws(Refusal)
    -> CRMSecrets?
  {
    guard let crm else { return nil }
    let values = try crmSecrets(in: environment).complete(from: file)
    if let address = values["address"] { try Self.check(address, from: file) }
    let login = crm.login.map { login in
      GivenLogin(
        clientID: login.door.clientID.flatMap { values[$0] } ?? "",
        clientSecret: login.door.clientSecret.flatMap { values[$0] } ?? "",
        refreshToken: values[login.door.secret] ?? ""
      )
    }
    return CRMSecrets(address: values["address"].map(Self.withoutSlash), login: login)
  }

  /// Nil for the vendor's own, and where the environment does not hold it.
  package func crmAddress(in environment: [String: String]) -> String? {
    crmSecrets(in: environment).values["address"].map(Self.withoutSlash)
  }

  private static func check(_ address: String, from file: String) throws(Refusal) {
    do throws(OutgoingAddressRefusal) {
      _ = try OutgoingAddress(address)
    } catch {
      throw Refusal(.invalid, "crm_address_invalid", "\(file): crm.address: \(error)")
    }
  }

  private static func withoutSlash(_ address: String) -> String {
    address.hasSuffix("/") ? String(address.dropLast()) : address
  }

  private func crmSecrets(in environment: [String: String]) -> Resolved {
    var resolved = Resolved()
    switch crm?.address {
    case .plain(let text)?: resolved.values["address"] = text
    case .reference(let reference)?:
      resolved.take(reference, as: "address", at: "crm.address", in: environment)
    case nil: break
    }
    for key in crm?.login?.door.keys ?? [] {
      guard let reference = crm?.login?.secrets[key] else { continue }
      resolved.take(reference, as: key, at: "crm.login.\(key)", in: environment)
    }
    return resolved
  }

  private func secrets(in environment: [String: String]) -> Resolved {
    var resolved = Resolved()
    guard let credentials else { return resolved }
    for (key, reference) in [
      ("client_id", credentials.clientID), ("client_secret", credentials.clientSecret),
      ("refresh_token", credentials.refreshToken),
    ] {
      resolved.take(reference, as: key, at: "rd_station.\(key)", in: environment)
    }
    return resolved
  }
}

/// What references lead to in an environment, and those that lead nowhere.
private struct Resolved {
  var values: [String: String] = [:]
  private(set) var missing: [String] = []

  mutating func take(
    _ reference: SecretReference,
    as key: String,
    at path: String,
    in environment: [String: String]
  ) {
    do throws(SecretMissing) {
      values[key] = try reference.resolve(in: environment)
    } catch {
      missing.append("\(path): \(error)")
    }
  }

  /// - Throws: ``Refusal`` with everything that is missing at once.
  func complete(from file: String) throws(Refusal) -> [String: String] {
    guard missing.isEmpty else {
      throw Refusal(
        .invalid,
        "secret_missing",
        missing.map { "\(file): \($0)" }.joined(separator: "\n")
      )
    }
    return values
  }
}

/// What a document's references to an outside CRM stand for.
package struct CRMSecrets: Sendable {
  /// Nil is the vendor's own.
  package let address: String?
  /// Nil when the document names none.
  package let login: GivenLogin?

  package init(address: String?, login: GivenLogin?) {
    self.address = address
    self.login = login
  }
}
