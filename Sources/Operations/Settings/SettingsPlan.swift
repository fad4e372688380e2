package import Leads
import OutsideCalls
package import SettingsDocument
package import StrictJSON

/// What applying settings would change.
package struct SettingsPlan: Sendable, Hashable {
  package let integration: String
  /// Nil for a new integration.
  package let inForce: Int?
  /// Whether the version in force can be read, so that there is something to compare with.
  package let isComparable: Bool
  package let changes: [SettingsChange]
  /// Why names were not compared with those of the CRM; nil where they were.
  package let unchecked: String?

  package init(
    _ settings: Settings,
    inForce stored: SettingsVersions.Stored?,
    unchecked: String? = nil
  ) {
    self.unchecked = unchecked
    integration = settings.integration
    inForce = stored?.version
    isComparable = stored == nil || stored?.settings != nil
    changes = SettingsChanges.between(stored?.settings, settings)
  }
}

extension SettingsPlan: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration),
      "version_in_force": inForce.map { JSON.number($0) } ?? .null,
      "would_change": .bool(!changes.isEmpty), "comparable": .bool(isComparable),
      "changes": .array(isComparable ? changes.map(\.json) : []),
      "names_not_checked": .optional(unchecked),
    ]
  }

  /// With what of the document's login the environment does not hold.
  package func json(missingSecrets: [String]) -> JSON {
    json.with(("missing_secrets", .array(missingSecrets.map(JSON.string))))
  }
}

/// What changed between two versions.
package struct SettingsDifference: Sendable, Hashable, JSONForm {
  package let integration: String
  package let from: Int
  package let to: Int
  package let changes: [SettingsChange]

  package var json: JSON {
    [
      "integration": .string(integration), "from": .number(from), "to": .number(to),
      "changes": .array(changes.map(\.json)),
    ]
  }
}

/// How the fields of RD Station and of the CRM are combined in a version.
package struct FieldMappings: Sendable {
  package let integration: String
  package let version: Int
  package let centralizeBy: Settings.Centralizing
  package let table: MappingTable
}

extension FieldMappings: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "version": .number(version),
      "centralize_by": .string(centralizeBy.rawValue), "fields": table.rows.json,
    ]
  }
}

extension MappingTable.Row: JSONForm {
  package var json: JSON {
    [
      "record": .string(record.rawValue), "crm": .string(crm), "type": .string(type.rawValue),
      "required": .bool(isRequired), "pairing": .string(pairing.rawValue), "rd": .optional(rd),
      "default": .optional(fallback), "on_mismatch": .optional(policy?.rawValue),
    ]
  }
}

extension Fleet {
  /// What applying a document would change; changes nothing, and tries no login.
  ///
  /// The names of an outside CRM are read against it with the login that is stored; where that does not
  /// work, the plan says that they were not.
  ///
  /// - Throws: `SettingsDocumentError` with all that is wrong.
  package func plan(_ document: SettingsDocument, crmAddress: String?) async throws -> SettingsPlan
  {
    let versions = SettingsVersions(pool: pool)
    guard document.crm != nil else { return try await versions.plan(document.settings) }
    var unchecked = "no login for this account is stored yet; esteira apply reads them"
    do {
      if let reached = try await CRMReach(fleet: self).look(document, crmAddress) {
        let read = try document.read(against: reached)
        return try await versions.plan(read.settings)
      }
    } catch let refusal as Refusal {
      unchecked = refusal.text
    } catch let fault as CredentialFault {
      unchecked = fault.description
    }
    let stored = try await versions.stored(document.settings.integration)
    var settings = document.settings
    if let known = stored?.settings, known.crm == settings.crm {
      settings.catalogue = known.catalogue
      let secrets = CRMSecrets(address: crmAddress, login: nil)
      settings.crmAccount = CRMReach.account(of: document, secrets, inForce: known.crmAccount)
    }
    return SettingsPlan(settings, inForce: stored, unchecked: unchecked)
  }
}

extension SettingsVersions {
  /// What applying settings would change; changes nothing.
  package func plan(_ settings: Settings) async throws -> SettingsPlan {
    SettingsPlan(settings, inForce: try await stored(settings.integration))
  }

  /// What changed between two versions; without numbers between the one in force and the one before.
  ///
  /// - Throws: ``Refusal`` when there is no such one, or it cannot be read.
  package func difference(of integration: String, from: Int? = nil, to: Int? = nil) async throws
    -> SettingsDifference
  {
    let after = try await required(integration, version: to)
    guard from != nil || after.version > 1 else {
      throw Refusal(
        .conflict,
        "version_alone",
        "\(integration) has one version only, so there is nothing to compare"
      )
    }
    let before = try await required(integration, version: from ?? after.version - 1)
    return SettingsDifference(
      integration: integration,
      from: before.version,
      to: after.version,
      changes: SettingsChanges.between(
        try before.readable(of: integration),
        try after.readable(of: integration)
      )
    )
  }

  /// The fields by the version in force.
  ///
  /// - Throws: ``Refusal`` when there is no such integration, or its settings cannot be read.
  package func fields(of integration: String) async throws -> FieldMappings {
    let stored = try await required(integration)
    let settings = try stored.readable(of: integration)
    return FieldMappings(
      integration: integration,
      version: stored.version,
      centralizeBy: settings.centralizeBy,
      table: MappingTable(settings)
    )
  }
}

extension SettingsVersions.Stored {
  fileprivate func readable(of integration: String) throws(Refusal) -> Settings {
    guard let settings else {
      throw Refusal(
        .failed,
        "version_unreadable",
        "version \(version) of \(integration) cannot be read by this program"
      )
    }
    return settings
  }
}
