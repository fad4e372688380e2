import Leads
package import OutsideCalls
package import SettingsDocument

extension SettingsDocument {
  /// What of the login the document names and this environment does not hold: apply would refuse it.
  package func missingSecrets(in environment: [String: String]) -> [String] {
    secrets(in: environment).missing + crmValues(in: environment).missing
  }

  /// The login that the document in a file names, by the environment of the person who applies it.
  ///
  /// - Returns: Nil when it names none.
  /// - Throws: ``Refusal`` with everything that is missing at once.
  package func login(in environment: [String: String], from file: String) throws(Refusal)
    -> GivenLogin?
  {
    guard credentials != nil else { return nil }
    let (values, missing) = secrets(in: environment)
    guard missing.isEmpty else {
      throw Refusal(
        .invalid,
        "secret_missing",
        missing.map { "\(file): \($0)" }.joined(separator: "\n")
      )
    }
    return GivenLogin(clientID: values[0], clientSecret: values[1], refreshToken: values[2])
  }

  /// Where the account of the outside CRM is, and the login that the document names for it.
  ///
  /// - Returns: Nil for a CRM that needs none.
  /// - Throws: ``Refusal`` with everything that is missing at once.
  package func crmSecrets(in environment: [String: String], from file: String) throws(Refusal)
    -> CRMSecrets?
  {
    guard let crm else { return nil }
    let (values, missing) = crmValues(in: environment)
    guard missing.isEmpty else {
      throw Refusal(
        .invalid,
        "secret_missing",
        missing.map { "\(file): \($0)" }.joined(separator: "\n")
      )
    }
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
    crmValues(in: environment).values["address"].map(Self.withoutSlash)
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

  private func crmValues(in environment: [String: String])
    -> (values: [String: String], missing: [String])
  {
    var values: [String: String] = [:]
    var missing: [String] = []
    var references: [(key: String, path: String, reference: SecretReference)] = []
    switch crm?.address {
    case .plain(let text)?: values["address"] = text
    case .reference(let reference)?: references.append(("address", "crm.address", reference))
    case nil: break
    }
    for key in crm?.login?.door.keys ?? [] {
      guard let reference = crm?.login?.secrets[key] else { continue }
      references.append((key, "crm.login.\(key)", reference))
    }
    for (key, path, reference) in references {
      do throws(SecretMissing) {
        values[key] = try reference.resolve(in: environment)
      } catch {
        missing.append("\(path): \(error)")
      }
    }
    return (values, missing)
  }

  private func secrets(in environment: [String: String]) -> (values: [String], missing: [String]) {
    guard let credentials else { return ([], []) }
    var values: [String] = []
    var missing: [String] = []
    for (key, reference) in [
      ("client_id", credentials.clientID), ("client_secret", credentials.clientSecret),
      ("refresh_token", credentials.refreshToken),
    ] {
      do throws(SecretMissing) {
        values.append(try reference.resolve(in: environment))
      } catch {
        missing.append("rd_station.\(key): \(error)")
      }
    }
    return (values, missing)
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
