package import StrictJSON
import Belt

/// A lead as the API of TOTVS CRM takes it (totvs-crm.md 6.3).
package struct TOTVSLead: Sendable, Hashable {
  /// To be sent with the action `create`, never with `upsert`, which drops what people added.
  package let body: JSON
  /// What a person should know although the lead goes on; safe to log.
  package let warnings: [String]

  /// Reshapes a lead for a record that the CRM does not have yet.
  ///
  /// `fallbackName`: the name of a lead that has none, such as the opportunity's title.
  /// - Throws: ``CRMError`` of code `refused` for an e-mail address that is too long.
  package init(
    _ lead: LeadProfile,
    fallbackName: String,
    responsible: TOTVSResponsible,
    in integration: String,
    variables: TOTVSVariables
  ) throws(CRMError) {
    let fields = try TOTVSStandardFields(of: lead)
    let personType =
      variables.forcedPersonType ?? (fields[.company] == nil ? .individual : .company)
    var members = JSON.Members()
    members["externalId"] = lead.rdIdentity.map { .string("rd:\(integration):\($0)") }
    members["name"] = .string(fields[.name] ?? FieldLength.fitting(fallbackName).text)
    members["tradingName"] = fields[.company].map(JSON.string)
    // No variable sets it (R16).
    members["leadType"] = "Lead"
    members["leadSituationId"] = .id(variables.leadSituation)
    members["leadOriginId"] = .id(variables.leadOrigin)
    members["customerPersonType"] = [
      "id": .id(personType == .company ? variables.company : variables.individual)
    ]
    members["professionalId"] = .id(responsible.id)
    members["jobTitle"] = fields[.jobTitle].map(JSON.string)
    members["website"] = fields[.website].map(JSON.string)
    members["facebook"] = fields[.facebook].map(JSON.string)
    members["linkedin"] = fields[.linkedin].map(JSON.string)
    members["emails"] = .filled(
      fields[.email].map {
        ["email": .string($0), "emailTypeId": .id(variables.emailType)]
      }
    )
    members["phones"] = .filled(
      fields[.phone].map {
        ["number": .string($0), "phoneTypeId": .id(variables.mainPhoneType)]
      },
      fields[.mobile].map {
        ["number": .string($0), "phoneTypeId": .id(variables.mobilePhoneType)]
      }
    )
    members["addresses"] = .filled(Self.address(fields, type: variables.addressType))
    members["customFields"] = lead.rdIdentity.map { ["rdStationId": .string($0)] }
    body = .object(members)
    warnings = fields.warnings + (lead.customFieldsNote.map { [$0] } ?? [])
  }

  /// Nil when neither city nor state is known.
  private static func address(_ fields: TOTVSStandardFields, type: Identifier) -> JSON? {
    guard fields[.city] != nil || fields[.state] != nil else { return nil }
    var members = JSON.Members()
    members["addressType"] = ["id": .id(type)]
    members["cityName"] = fields[.city].map(JSON.string)
    members["stateName"] = fields[.state].map(JSON.string)
    return .object(members)
  }
}

extension LeadProfile {
  /// The id by which RD Station is told of the lead, and which the CRM keeps (B053).
  var rdIdentity: String? { (rdUUID ?? rdID)?.nonBlank }

  /// The standard model has no place for custom fields (B166).
  fileprivate var customFieldsNote: String? {
    let names = customFields.map(\.key).filter { field($0) != nil }
    guard !names.isEmpty else { return nil }
    return "The standard model of TOTVS CRM carries no custom fields, so RD Station's "
      + "\(names.map { "“\($0)”" }.joined(separator: ", ")) "
      + (names.count == 1 ? "was left out." : "were left out.")
  }
}

extension JSON {
  static func id(_ id: Identifier) -> JSON { .string("\(id)") }

  /// The items that there are; nil when there is none.
  fileprivate static func filled(_ items: JSON?...) -> JSON? {
    let items = items.compactMap { $0 }
    return items.isEmpty ? nil : .array(items)
  }
}
