internal import SandboxLeads
internal import StrictJSON

/// What the filters of v2 can ask for (reference 9.2); nil for what they cannot.
extension RDCRMBooks {
  func filtered(_ deal: RDCRMDeal, _ field: String) -> [String]? {
    switch field {
    case "id": [deal.id]
    case "name": [deal.name]
    case "rating": ["\(deal.rating)"]
    case "status": [deal.status]
    case "created_at": [deal.createdAt.utcMilliseconds]
    case "updated_at": [deal.updatedAt.utcMilliseconds]
    case "closed_at": [deal.closedAt?.utcMilliseconds].compactMap(\.self)
    case "organization_id": [deal.organizationID].compactMap(\.self)
    case "stage_id": [deal.stageID]
    case "owner_id": [deal.userID]
    case "campaign_id": [deal.campaignID].compactMap(\.self)
    case "lost_reason_id": [deal.lostReasonID].compactMap(\.self)
    case "pipeline_id": [stage(deal.stageID)?.pipeline.id].compactMap(\.self)
    case "contact_id": deal.contactIDs
    default: custom(field, of: "deal", deal.fields)
    }
  }

  func filtered(_ contact: RDCRMContact, _ field: String) -> [String]? {
    switch field {
    case "name": [contact.name]
    case "job_title": [contact.title].compactMap(\.self)
    case "email": contact.emails
    case "phone": contact.phones.map(\.number)
    case "organization_id": [contact.organizationID].compactMap(\.self)
    case "created_at": [contact.createdAt.utcMilliseconds]
    case "updated_at": [contact.updatedAt.utcMilliseconds]
    default: custom(field, of: "contact", contact.fields)
    }
  }

  func filtered(_ organization: RDCRMOrganization, _ field: String) -> [String]? {
    switch field {
    case "name": [organization.name]
    case "owner_id": [organization.userID]
    case "created_at": [organization.createdAt.utcMilliseconds]
    case "updated_at": [organization.updatedAt.utcMilliseconds]
    default: custom(field, of: "organization", organization.fields)
    }
  }

  private func custom(_ field: String, of entity: String, _ held: [String: JSON]) -> [String]? {
    guard field.hasPrefix("@"),
      let known = fields.first(where: { $0.entity == entity && $0.slug == field.dropFirst() })
    else { return nil }
    let value = held[known.id] ?? .null
    return value.array?.compactMap(\.string) ?? [value.string].compactMap(\.self)
  }
}
