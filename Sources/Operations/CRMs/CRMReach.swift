import Belt
import Bootstrap
import Leads
import OutsideCalls
import Postgres
import SettingsDocument

/// Reaches the outside CRM that a document names, before the document comes into force: the login first,
/// then what there is to choose from.
struct CRMReach {
  let fleet: Fleet

  /// What came of it; nothing of it is stored yet.
  struct Found {
    let reached: ReachedCRM
    let login: LoginReport
    let writes: [SQL]
  }

  /// Tries the login that comes with the document, or takes the stored one, and asks for the catalogue.
  ///
  /// - Throws: `LoginRefusal` or ``Refusal``; nothing is changed then.
  func reach(_ document: SettingsDocument, _ secrets: CRMSecrets) async throws -> Found {
    var settings = document.settings
    let inForce = try await inForce(settings)
    settings.crmAccount = Self.account(of: document, secrets, inForce: inForce)
    // The stored login was given for the account in force, and is shown to no other.
    let isMoved = inForce.map { !$0.isSamePlace(as: settings.crmAccount) } ?? false
    return try await fleet.withOutsideCRMs { outside in
      let (crm, place) = try outside.way(of: settings)
      var writes: [SQL] = []
      var report = LoginReport.kept("the document names none")
      var bound = try CRMs(outside.bindings).crm(of: settings)
      if let login = secrets.login {
        let trial = LoginTrial(
          of: settings.integration,
          opening: nil,
          store: outside.store(of: crm),
          grants: outside.grants(crm, at: place)
        )
        switch isMoved ? try await trial.connect(login) : try await trial.weigh(login) {
        case .kept(let why): report = .kept(why)
        case .replaced(let account, let token, let new):
          (report, writes) = (.replaced(account: account), new)
          bound = outside.crm(of: settings, openedBy: crm.pass(place, token)) ?? bound
        }
      } else {
        let stored = try await outside.store(of: crm).login(of: settings.integration)
        guard !isMoved, stored != nil else { throw Refusal.noLogin(at: crm, place) }
      }
      let catalogue = try await catalogue(of: bound, crm)
      let reached = ReachedCRM(account: settings.crmAccount, catalogue: catalogue)
      return Found(reached: reached, login: report, writes: writes)
    }
  }

  /// What a stored login shows, for who only wants to compare.
  ///
  /// Never tries what the document names: a secret may be spent by its use.
  ///
  /// - Returns: Nil where none is stored that was given for this account.
  /// - Throws: ``Refusal`` when the CRM does not tell.
  func look(_ document: SettingsDocument, _ address: String?) async throws -> ReachedCRM? {
    var settings = document.settings
    let inForce = try await inForce(settings)
    let secrets = CRMSecrets(address: address, login: nil)
    settings.crmAccount = Self.account(of: document, secrets, inForce: inForce)
    guard inForce?.isSamePlace(as: settings.crmAccount) == true else { return nil }
    return try await fleet.withOutsideCRMs { outside in
      let (crm, _) = try outside.way(of: settings)
      guard try await outside.store(of: crm).login(of: settings.integration) != nil else {
        return nil
      }
      let bound = try CRMs(outside.bindings).crm(of: settings)
      return ReachedCRM(
        account: settings.crmAccount,
        catalogue: try await catalogue(of: bound, crm)
      )
    }
  }

  /// Of the settings in force, where they are of the same CRM.
  private func inForce(_ settings: Settings) async throws -> CRMAccount? {
    let stored = try await SettingsVersions(pool: fleet.pool).stored(settings.integration)?.settings
    return stored?.crm == settings.crm ? stored?.crmAccount : nil
  }

  /// What the document does not name, or not here, stays as it is in force: it belongs to the login that is
  /// stored.
  static func account(
    of document: SettingsDocument,
    _ secrets: CRMSecrets,
    inForce: CRMAccount?
  ) -> CRMAccount {
    var account = CRMAccount(address: secrets.address)
    if secrets.address == nil, case .reference? = document.crm?.address {
      account.address = inForce?.address
    }
    let door = document.crm?.login?.door
    account.version = door?.version ?? inForce?.version ?? ""
    account.user = inForce?.user
    if let login = secrets.login { account.user = door?.clientID == "user" ? login.clientID : nil }
    return account
  }

  private func catalogue(of bound: any CRM, _ crm: OutsideCRM) async throws(Refusal) -> CRMCatalogue
  {
    do throws(CRMError) {
      if let catalogue = try await bound.catalogue() { return catalogue }
      throw CRMError(.refused, Reason("crm_silent", "It has nothing to choose from."))
    } catch {
      throw Refusal(error, at: crm)
    }
  }
}

extension CRMAccount {
  /// Whether a login for one opens the other as well.
  fileprivate func isSamePlace(as other: CRMAccount) -> Bool {
    address == other.address && version == other.version
  }
}

extension Refusal {
  fileprivate static func noLogin(at crm: OutsideCRM, _ place: OutsideCRM.Place) -> Refusal {
    Refusal(
      .invalid,
      "crm_login_missing",
      "no login at \(crm.system.name) is stored for this account, and the document names none",
      remedy: "Name it in crm.login: \(place.door.keys.joined(separator: ", "))"
    )
  }

  /// What keeps a CRM from telling what it has.
  fileprivate init(_ error: CRMError, at crm: OutsideCRM) {
    let name = crm.system.name
    switch error.code {
    case .loginEnded:
      self.init(
        .failed,
        "login_refused",
        "\(name) refuses the login; nothing was changed",
        remedy: "Give one that works: in crm.login, or esteira connect NAME --crm"
      )
    case .configuration: self.init(.invalid, error.reason.code, error.reason.sentence)
    case .refused: self.init(.failed, error.reason.code, "\(name): \(error.reason.sentence)")
    case .unavailable, .rateLimited, .outcomeUnknown:
      self.init(
        .unavailable,
        error.reason.code,
        "\(name) does not tell what it has to choose from: \(error.reason.sentence)",
        remedy: "Nothing was changed; try again"
      )
    }
  }
}
