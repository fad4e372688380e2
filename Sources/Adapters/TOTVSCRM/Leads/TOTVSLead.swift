package import Leads
package import StrictJSON
import Belt

/// A lead as the API of TOTVS CRM takes it (totvs-crm.md 6.3).
package struct TOTVSLead: Sendable, Hashable {
  /// By this a create of unknown outcome is found: our own id, since RD Station's may become known between
  /// two attempts.
  package let externalID: String
  /// To be sent with the action `create`, never with `upsert`, which drops what people added.
  package let body: JSON

  /// Reshapes a contact for a tenant that does not have it yet.
  ///
  /// - Throws: ``CRMError`` of code `refused` for an e-mail address that is too long.
  package init(
    _ draft: RecordDraft,
    responsible: TOTVSResponsible,
    in integration: String,
    variables: TOTVSVariables
  ) throws(CRMError) {
    externalID = Self.externalID(of: draft, in: integration)
    let fields = try TOTVSStandardFields(of: draft)
    let personType =
      variables.forcedPersonType ?? (fields[.company] == nil ? .individual : .company)
    var members = JSON.Members()
    members["externalId"] = .string(externalID)
    members["name"] = .string(fields[.name] ?? fields[.email] ?? "Lead \(draft.id)")
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
      fields[.email].map { ["email": .string($0), "emailTypeId": .id(variables.emailType)] }
    )
    members["phones"] = .filled(
      fields[.phone].map { ["number": .string($0), "phoneTypeId": .id(variables.mainPhoneType)] },
      fields[.mobile].map {
        ["number": .string($0), "phoneTypeId": .id(variables.mobilePhoneType)]
      }
    )
    members["addresses"] = .filled(Self.address(fields, type: variables.addressType))
    members["customFields"] = Self.customFields(of: draft, fields)
    body = .object(members)
  }

  package static func externalID(of draft: RecordDraft, in integration: String) -> String {
    "rd:\(integration):\(draft.id)"
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

  /// RD Station's id, which the CRM keeps (B053), and what the settings map beside the standard model.
  private static func customFields(of draft: RecordDraft, _ fields: TOTVSStandardFields) -> JSON? {
    let own = draft.rdStationID.map { (name: OwnField.rdStationID, value: JSON.string($0)) }
    return CustomFields.update([own].compactMap(\.self) + fields.others.map(\.customField))?[
      "customFields"
    ]
  }
}

extension RecordDraft {
  var rdStationID: String? { keys.first { $0.kind == .rdUUID }?.value.nonBlank }
}

extension JSON {
  static func id(_ id: Identifier) -> JSON { .string("\(id)") }

  /// The items that there are; nil when there is none.
  fileprivate static func filled(_ items: JSON?...) -> JSON? {
    let items = items.compactMap { $0 }
    return items.isEmpty ? nil : .array(items)
  }
}
