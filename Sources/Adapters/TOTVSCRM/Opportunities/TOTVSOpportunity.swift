package import Belt
package import Leads
package import StrictJSON

/// An opportunity as the API of TOTVS CRM takes it (totvs-crm.md 6.4).
package struct TOTVSOpportunity: Sendable, Hashable {
  /// By this a create of unknown outcome is found.
  package let externalID: String
  /// To be sent with the action `create`; without `status`, which begins as open.
  package let body: JSON

  package init(
    _ draft: OpportunityDraft,
    at place: TOTVSPlace,
    responsible: TOTVSResponsible,
    in integration: String,
    tagField: String? = nil
  ) {
    externalID = Self.externalID(of: draft.marker, in: integration)
    var members = JSON.Members()
    members["externalId"] = .string(externalID)
    members["description"] = .string(Self.description(draft))
    members["leadId"] = draft.contact.map { .string($0.id) }
    members["pipelineId"] = .id(place.pipeline)
    members["stageId"] = .id(place.stage)
    members["opportunityTypeId"] = .id(place.opportunityType)
    members["professionalId"] = .id(responsible.id)
    members["value"] = 0
    let tags = tagField.map { (name: $0, value: TagText(draft.tags).json) }
    members["customFields"] =
      CustomFields.update(draft.fields.map(\.customField) + [tags].compactMap(\.self))?[
        "customFields"
      ]
    body = .object(members)
  }

  /// Section 6.4 puts RD's contact id into it; our marker alone names the event, and unlike that id it
  /// cannot become known between two attempts.
  package static func externalID(of marker: Identifier, in integration: String) -> String {
    "rd:\(integration):\(marker)"
  }

  private static func description(_ draft: OpportunityDraft) -> String {
    let title = draft.title
    guard let company = draft.company.flatMap(TradingName.init(of:))?.text, company != title.trimmed
    else { return FieldLength.fitting(title).text }
    return FieldLength.fitting("\(title) - \(company)").text
  }
}
