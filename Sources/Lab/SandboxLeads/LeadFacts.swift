package import StrictJSON

/// What RD Station knows of a lead at one moment; both webhook bodies are made from it.
package struct LeadFacts: Sendable, Hashable {
  /// The numeric id of the legacy body.
  package var legacyID: String
  package var uuid: String
  package var email: String
  package var name: String?
  package var company: String?
  package var jobTitle: String?
  package var website: String?
  package var personalPhone: String?
  package var mobilePhone: String?
  package var city: String?
  package var state: String?
  package var country: String?
  package var createdAt: Timestamp
  package var isOpportunity = false
  package var markedAt: Timestamp?
  package var conversionCount = 0
  package var firstConversion: ConversionFacts?
  package var lastConversion: ConversionFacts?
  package var customFields: [CustomField] = []
  package var tags: [String] = []
  package var stage = "Lead"
  package var fitLetter = "d"
  package var fit = 0
  package var interest = 0
  package var owner: String?
  package var origin = "Desconhecido"

  package init(legacyID: String, uuid: String, email: String, createdAt: Timestamp) {
    self.legacyID = legacyID
    self.uuid = uuid
    self.email = email
    self.createdAt = createdAt
  }
}

/// A custom field under both of its names.
package struct CustomField: Sendable, Hashable {
  /// As people see it and the legacy body writes it, with accents and spaces.
  package var label: String
  /// The API's name, which starts with `cf_`.
  package var identifier: String
  package var value: JSON

  package init(label: String, identifier: String, value: JSON) {
    self.label = label
    self.identifier = identifier
    self.value = value
  }
}

/// One conversion of a lead.
package struct ConversionFacts: Sendable, Hashable {
  package var identifier: String
  package var at: Timestamp
  /// 1 for the first.
  package var ordinal: Int
  package var eventUUID: String
  package var batchUUID: String
  package var source = "unknown"
  package var medium = "unknown"
  package var value: String?
  package var campaign = "unknown"
  package var channel = "Unknown"
  /// Further answers of the form, such as `cf_volume_mensal`.
  package var answers: [String: String] = [:]

  package init(
    identifier: String,
    at: Timestamp,
    ordinal: Int,
    eventUUID: String,
    batchUUID: String
  ) {
    self.identifier = identifier
    self.at = at
    self.ordinal = ordinal
    self.eventUUID = eventUUID
    self.batchUUID = batchUUID
  }
}
