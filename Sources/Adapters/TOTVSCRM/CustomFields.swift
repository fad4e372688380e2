import Leads
import StrictJSON

/// The custom fields that we write of our own, by name; assumed, and each has to be made in the CRM first.
enum OwnField {
  /// RD Station's id of a lead (totvs-crm.md 6.3).
  static let rdStationID = "rdStationId"
  /// What the lead did at RD Station, a line each; a tenant without it shows none.
  static let history = "historicoRD"
}

/// How custom fields stand in a record: assumed, an object `customFields` by name, of which an update
/// changes only the members that it sends (totvs-crm.md 12).
enum CustomFields {
  static func value(_ name: String, in record: JSON) -> JSON {
    record["customFields"]?[name] ?? .null
  }

  static func text(_ name: String, in record: JSON) -> String? {
    value(name, in: record).string?.nonBlank
  }

  /// A body that changes these; nil where the record shows them so already.
  static func update(_ values: [(name: String, value: JSON)], of record: JSON = [:]) -> JSON? {
    var members = JSON.Members()
    for (name, value) in values where value != self.value(name, in: record) {
      members[name] = value
    }
    return members.list.isEmpty ? nil : ["customFields": .object(members)]
  }
}

extension FieldValue {
  /// Empty for null, one text, or a list of the chosen ones.
  var customField: (name: String, value: JSON) {
    switch values.count {
    case 0: (name, .null)
    case 1: (name, .string(values[0]))
    default: (name, .array(values.map(JSON.string)))
    }
  }
}
