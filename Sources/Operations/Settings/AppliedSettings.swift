package import OutsideCalls
import Leads
package import SettingsDocument
package import StrictJSON

/// What became of a document that was applied.
package struct AppliedSettings: Sendable, JSONForm {
  package let integration: String
  package let change: SettingsVersions.Applied.Change
  /// In force from now on.
  package let version: Int
  package let changes: [SettingsChange]
  /// How many held leads are tried again.
  package let released: Int
  package let login: LoginReport
  /// At the CRM; nil where that needs none.
  package let crmLogin: LoginReport?

  package var json: JSON {
    [
      "integration": .string(integration), "change": .string(change.rawValue),
      "version": .number(version), "changes": .array(changes.map(\.json)),
      "released": .number(released), "login": login.json,
      "crm_login": crmLogin?.json ?? .null,
    ]
  }
}

extension Fleet {
  /// Puts a document into force, with its login where that is new, and lets those leads go on that
  /// waited for other settings.
  ///
  /// The login is what the document's references stand for, and is tried first; with `anyAccount` it may open
  /// another account than the document names. An outside CRM is asked what it has, and the document's names
  /// are read against that. The actor is for the audit.
  ///
  /// - Throws: `LoginRefusal`, `SettingsDocumentError`, nothing is changed then; ``Refusal`` when the settings are in force and held
  ///   leads could not be sent on.
  package func apply(
    _ document: SettingsDocument,
    login: GivenLogin?,
    crm: CRMSecrets? = nil,
    anyAccount: Bool = false,
    actor: String
  ) async throws -> AppliedSettings {
    var document = document
    var found: CRMReach.Found?
    if let crm {
      let reached = try await CRMReach(fleet: self).reach(document, crm)
      document = try document.read(against: reached.reached)
      found = reached
    }
    let settings = document.settings
    let (report, writes) = try await Logins(self)
      .weigh(login, for: settings, anyAccount: anyAccount)
    let applied = try await SettingsVersions(pool: pool).apply(
      settings,
      source: document.source,
      actor: actor,
      with: writes + (found?.writes ?? [])
    )
    return AppliedSettings(
      integration: settings.integration,
      change: applied.change,
      version: applied.version,
      changes: applied.previous.map { SettingsChanges.between($0, settings) } ?? [],
      released: try await release(settings.integration),
      login: report,
      crmLogin: found?.login
    )
  }

  private func release(_ integration: String) async throws -> Int {
    do {
      return try await Holds(pool: pool).release(in: integration, publish: publish)
    } catch {
      throw Refusal(
        .unavailable,
        "held_not_released",
        "the settings are in force, but held leads could not be sent to their stage: "
          + Refusal(error).text,
        remedy: "Later: esteira held release \(integration)"
      )
    }
  }
}
