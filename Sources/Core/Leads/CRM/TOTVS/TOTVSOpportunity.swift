package import StrictJSON
private import Belt

/// An opportunity as the API of TOTVS CRM takes it (totvs-crm.md 6.4).
package struct TOTVSOpportunity: Sendable, Hashable {
  /// To be sent with the action `create`.
  package let body: JSON
  /// What a person should know although the opportunity goes on; safe to log.
  package let warnings: [String]

  /// Reshapes a draft; `record` is the lead's, found or just created.
  package init(
    _ draft: OpportunityDraft,
    of lead: LeadProfile,
    record: CRMRecord,
    at place: TOTVSPlace,
    responsible: TOTVSResponsible,
    in integration: String
  ) {
    body = [
      "externalId": .string(Self.externalID(of: draft, in: integration)),
      "description": .string(Self.description(draft.title, company: lead.company?.nonBlank)),
      "leadId": .string(record.id),
      "pipelineId": .id(place.pipeline),
      "stageId": .id(place.stage),
      "opportunityTypeId": .id(place.opportunityType),
      "professionalId": .id(responsible.id),
      "status": "OPEN",
      "value": 0,
      "lossReason": nil,
    ]
    let names = draft.fields.map { "“\($0.name)”" }
    warnings =
      names.isEmpty
      ? []
      : [
        "The standard model of TOTVS CRM has no place for mapped fields of an opportunity, so "
          + "\(names.joined(separator: ", ")) \(names.count == 1 ? "was" : "were") left out."
      ]
  }

  /// The marker by which an unknown outcome is looked up.
  ///
  /// Section 6.4 puts RD's contact id into it; the draft's marker alone names the event, and unlike
  /// that id it cannot become known between two attempts.
  package static func externalID(of draft: OpportunityDraft, in integration: String) -> String {
    "rd:\(integration):\(draft.marker)"
  }

  private static func description(_ title: String, company: String?) -> String {
    guard let company, company != title.trimmed else { return FieldLength.fitting(title).text }
    return FieldLength.fitting("\(title) - \(company)").text
  }
}
