import Leads
import StrictJSON

extension DealChange {
  /// `pipeline_id` is read-only: it follows from the stage.
  var bodyV2: JSON {
    var data = JSON.Members()
    if let name { data["name"] = .string(name) }
    if let stageID { data["stage_id"] = .string(stageID) }
    if let userID { data["owner_id"] = .string(userID) }
    if let rating { data["rating"] = .number(rating) }
    if let organizationID { data["organization_id"] = .string(organizationID) }
    if let contactID { data["contact_ids"] = [.string(contactID)] }
    if let sourceID { data["source_id"] = .string(sourceID) }
    if let campaignID { data["campaign_id"] = .string(campaignID) }
    if let value { data["one_time_price"] = .number(value) }
    if let expectedClose { data["expected_close_date"] = .string(expectedClose) }
    if !fields.isEmpty { data["custom_fields"] = .bySlug(fields) }
    return ["data": .object(data)]
  }
}

extension PersonChange {
  var bodyV2: JSON {
    var data = JSON.Members()
    if let name { data["name"] = .string(name) }
    if let emails { data["emails"] = .array(emails.map { ["email": .string($0)] }) }
    if let phones {
      data["phones"] = .array(phones.map { ["phone": .string($0), "type": "mobile"] })
    }
    if let organizationID { data["organization_id"] = .string(organizationID) }
    if let title { data["job_title"] = .string(title) }
    if !fields.isEmpty { data["custom_fields"] = .bySlug(fields) }
    return ["data": .object(data)]
  }
}

extension CompanyChange {
  /// Segments go by ids in v2, and are left to v1.
  var bodyV2: JSON {
    var data = JSON.Members()
    if let name { data["name"] = .string(name) }
    if let userID { data["owner_id"] = .string(userID) }
    if let url { data["url"] = .string(url) }
    if let about { data["description"] = .string(about) }
    if let address { data["address"] = ["line": .string(address)] }
    if !fields.isEmpty { data["custom_fields"] = .bySlug(fields) }
    return ["data": .object(data)]
  }
}

extension JSON {
  fileprivate static func bySlug(_ fields: [String: JSON]) -> JSON {
    .object(Members(fields.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }))
  }
}
