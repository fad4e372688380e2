import Operations
import SettingsDocument
import Leads
import CommandLineInterface

/// What applying settings would change, in words.
enum SettingsText {
  static func text(of plan: SettingsPlan) -> String {
    let note = plan.unchecked.map {
      "\n\(plan.integration): the CRM's names were not checked: \($0)"
    }
    return changes(of: plan) + (note ?? "")
  }

  private static func changes(of plan: SettingsPlan) -> String {
    let (integration, changes) = (plan.integration, plan.changes)
    let lines = changes.map { "  \($0)" }
    guard let inForce = plan.inForce else {
      return (["\(integration): would be created"] + lines).joined(separator: "\n")
    }
    guard plan.isComparable else {
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
