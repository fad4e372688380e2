import ArgumentParser
import BeltStorage
import Leads
import SettingsDocument
import StrictJSON

struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what applying a document would change, and changes nothing.",
    discussion: """
      It compares with the version in force; a document with problems is not compared.

      Example: esteira plan -f acme.yaml
      """
  )

  @OptionGroup var file: SettingsFile

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let document = try file.read()
    let missing = file.tellMissingSecrets(of: document)
    try await FleetAccess.open { access in
      let stored = try await SettingsStore(pool: access.pool).stored(document.settings.integration)
      let plan = SettingsPlan(document.settings, inForce: stored)
      guard output.json, case .object(var members) = plan.json else {
        return Terminal.say(plan.text)
      }
      members["missing_secrets"] = .array(missing.map(JSON.string))
      Terminal.say(.object(members))
    }
  }
}

/// What applying settings would change.
struct SettingsPlan {
  let integration: String
  /// Nil for a new integration.
  let inForce: Int?
  /// Whether the version in force can be read, so that there is something to compare with.
  let isComparable: Bool
  let changes: [SettingsChange]

  init(_ settings: Settings, inForce stored: SettingsStore.Stored?) {
    integration = settings.integration
    inForce = stored?.version
    isComparable = stored == nil || stored?.settings != nil
    changes = SettingsChanges.between(stored?.settings, settings)
  }

  var text: String {
    let lines = changes.map { "  \($0)" }
    guard let inForce else {
      return (["\(integration): would be created"] + lines).joined(separator: "\n")
    }
    guard isComparable else {
      return
        "\(integration): version \(inForce + 1) would be in force; version \(inForce) cannot be "
        + "read by this program and compared"
    }
    guard !lines.isEmpty else {
      return "\(integration): nothing would change, version \(inForce) stays"
    }
    return (["\(integration): version \(inForce + 1) would be in force"] + lines)
      .joined(separator: "\n")
  }

  var json: JSON {
    [
      "integration": .string(integration),
      "version_in_force": inForce.map { JSON.number($0) } ?? .null,
      "would_change": .bool(!changes.isEmpty), "comparable": .bool(isComparable),
      "changes": .array(isComparable ? changes.map(\.json) : []),
    ]
  }
}
