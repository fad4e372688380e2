import ArgumentParser
import BeltStorage
import Leads
import SettingsDocument
import StrictJSON

struct Fields: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows how the fields of RD Station and of the CRM are combined.",
    discussion: """
      Pairs that need no row come first. A field of the CRM that nothing fills is shown too; a row \
      under fields pairs it.
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open { access in
      let stored = try await SettingsStore(pool: access.pool).required(integration)
      guard let settings = stored.settings else {
        throw Refusal(
          "version \(stored.version) of \(integration) cannot be read by this program"
        )
      }
      let table = MappingTable(settings)
      guard output.json else {
        Terminal.say(MappingText.text(of: table))
        Terminal.complain(
          "version \(stored.version), centralize_by: \(settings.centralizeBy.rawValue)"
        )
        return
      }
      Terminal.say([
        "integration": .string(integration), "version": .number(stored.version),
        "centralize_by": .string(settings.centralizeBy.rawValue),
        "fields": .array(table.rows.map(\.json)),
      ])
    }
  }
}

/// The mapping as columns for people.
enum MappingText {
  static func text(of mapping: MappingTable) -> String {
    var table = TextTable([
      "record", "CRM field", "type", "required", "RD field", "default", "misfit",
    ])
    for row in mapping.rows {
      let source =
        switch row.pairing {
        case .automatic: "\(row.rd ?? "") (automatic)"
        case .mapped: row.rd ?? "-"
        case .unmapped: "not mapped"
        }
      table.add([
        row.record.rawValue, row.crm, row.type.rawValue, row.isRequired ? "yes" : "", source,
        row.fallback ?? "", row.policy?.rawValue ?? "",
      ])
    }
    return table.text
  }
}

extension MappingTable.Row {
  fileprivate var json: JSON {
    [
      "record": .string(record.rawValue), "crm": .string(crm), "type": .string(type.rawValue),
      "required": .bool(isRequired), "pairing": .string(pairing.rawValue), "rd": .optional(rd),
      "default": .optional(fallback), "on_mismatch": .optional(policy?.rawValue),
    ]
  }
}
