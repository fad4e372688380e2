internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

/// Records as v2 shows them (reference 9.2): times in UTC, custom fields by slug.
extension RDCRMBooks {
  func shown2(_ deal: RDCRMDeal) -> JSON {
    let (once, monthly) = (deal.cents("spare"), deal.cents("monthly"))
    var members = JSON.Members()
    members["id"] = .string(deal.id)
    members["name"] = .string(deal.name)
    members["recurrence_price"] = .cents(monthly)
    members["one_time_price"] = .cents(once)
    members["total_price"] = .cents(once + monthly)
    members["expected_close_date"] = .optional(deal.predictionDate)
    members["rating"] = .number(deal.rating)
    members["status"] = .string(deal.status)
    members["closed_at"] = .optional(deal.closedAt?.utcMilliseconds)
    members["pipeline_id"] = .optional(stage(deal.stageID)?.pipeline.id)
    members["stage_id"] = .string(deal.stageID)
    members["owner_id"] = .string(deal.userID)
    members["source_id"] = .optional(deal.sourceID)
    members["campaign_id"] = .optional(deal.campaignID)
    members["lost_reason_id"] = .optional(deal.lostReasonID)
    members["organization_id"] = .optional(deal.organizationID)
    members["contact_ids"] = .array(deal.contactIDs.map(JSON.string))
    members["custom_fields"] = bySlug(deal.fields, of: "deal")
    members["created_at"] = .string(deal.createdAt.utcMilliseconds)
    members["updated_at"] = .string(deal.updatedAt.utcMilliseconds)
    return .object(members)
  }

  func shown2(_ contact: RDCRMContact) -> JSON {
    var members = JSON.Members()
    members["id"] = .string(contact.id)
    members["name"] = .string(contact.name)
    members["job_title"] = .optional(contact.title)
    members["emails"] = .array(contact.emails.map { ["email": .string($0)] })
    members["phones"] = .array(
      contact.phones.map { phone in
        let type = phone.type == "cellphone" ? "mobile" : phone.type
        return ["phone": .string(phone.number), "type": .optional(type)]
      }
    )
    members["social_profiles"] = []
    members["organization_id"] = .optional(contact.organizationID)
    members["legal_bases"] = .array(contact.legalBases)
    members["custom_fields"] = bySlug(contact.fields, of: "contact")
    members["created_at"] = .string(contact.createdAt.utcMilliseconds)
    members["updated_at"] = .string(contact.updatedAt.utcMilliseconds)
    return .object(members)
  }

  func shown2(_ organization: RDCRMOrganization) -> JSON {
    var members = JSON.Members()
    members["id"] = .string(organization.id)
    members["name"] = .string(organization.name)
    members["description"] = .optional(organization.resume)
    members["url"] = .optional(organization.url)
    members["address"] = ["line": .optional(organization.address)]
    members["segment_ids"] = []
    members["owner_id"] = .string(organization.userID)
    members["custom_fields"] = bySlug(organization.fields, of: "organization")
    members["created_at"] = .string(organization.createdAt.utcMilliseconds)
    members["updated_at"] = .string(organization.updatedAt.utcMilliseconds)
    return .object(members)
  }

  private func bySlug(_ held: [String: JSON], of entity: String) -> JSON {
    .object(
      JSON.Members(
        fields.filter { $0.entity == entity }
          .map { .init(key: $0.slug, value: held[$0.id] ?? .null) }
      )
    )
  }

  /// `{slug: value}` over what a record holds.
  mutating func merged2(
    _ sent: JSON?,
    into held: [String: JSON],
    of entity: String,
    record: String
  ) throws -> [String: JSON] {
    var values = held
    for member in sent?.members ?? [] {
      guard
        let index = fields.firstIndex(where: { $0.slug == member.key && $0.entity == entity })
      else {
        throw RDCRMErrors.detail(.badRequest, "Custom field \(member.key) not found.")
      }
      do {
        try take(member.value, at: index, record: record)
      } catch is Refusal {
        throw RDCRMErrors.detail(.unprocessableContent, "\(fields[index].label) Não é válido.")
      }
      values[fields[index].id] = member.value
    }
    return values
  }
}
