import ArgumentParser
import BeltStorage
import SettingsDocument
import StrictJSON

struct Diff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what changed between two versions of an integration's settings.",
    discussion: "Without numbers it is the version in force against the one before it."
  )

  @Argument(help: "The integration.")
  var integration: String

  @Argument(help: "The earlier version; otherwise the one before the later.")
  var from: Int?

  @Argument(help: "The later version; otherwise the one in force.")
  var to: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if [from, to].contains(where: { $0.map { $0 < 1 } ?? false }) {
      throw ValidationError("versions are counted from 1")
    }
  }

  func run() async throws {
    try await FleetAccess.open { access in
      let store = SettingsStore(pool: access.pool)
      let after = try await store.required(integration, version: to)
      guard from != nil || after.version > 1 else {
        throw Refusal("\(integration) has one version only, so there is nothing to compare")
      }
      let before = try await store.required(integration, version: from ?? after.version - 1)
      guard let old = before.settings, let new = after.settings else {
        let unread = before.settings == nil ? before.version : after.version
        throw Refusal("version \(unread) of \(integration) cannot be read by this program")
      }
      let changes = SettingsChanges.between(old, new)
      if output.json {
        Terminal.say([
          "integration": .string(integration), "from": .number(before.version),
          "to": .number(after.version), "changes": .array(changes.map(\.json)),
        ])
        return
      }
      let what = changes.isEmpty ? "nothing has changed" : "this has changed"
      Terminal.say("\(integration), version \(before.version) to \(after.version): \(what)")
      for change in changes { Terminal.say("  \(change)") }
    }
  }
}

extension SettingsStore {
  /// - Throws: A refusal that says which versions there are, when there is no such one.
  func required(_ integration: String, version: Int? = nil) async throws -> Stored {
    if let stored = try await stored(integration, version: version) { return stored }
    guard let version, let newest = try await versions(of: integration).first else {
      throw Refusal(noIntegration: integration, among: try await integrations())
    }
    throw Refusal(
      "\(integration) has no version \(version); it has 1 to \(newest.number). Run: esteira settings "
        + "ls \(integration)"
    )
  }
}
