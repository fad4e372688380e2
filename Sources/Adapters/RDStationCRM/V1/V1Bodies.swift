import Leads
import StrictJSON

extension DealChange {
  /// The stage of a new deal stands in `deal`; of one that is there at the top, or nothing moves.
  func bodyV1(isNew: Bool) -> JSON {
    var deal = JSON.Members()
    if let name { deal["name"] = .string(name) }
    if let userID { deal["user_id"] = .string(userID) }
    if let rating { deal["rating"] = .number(rating) }
    if let expectedClose { deal["prediction_date"] = .string(expectedClose) }
    if !fields.isEmpty { deal["deal_custom_fields"] = .customFields(fields) }
    var body = JSON.Members()
    if let stageID {
      if isNew {
        deal["deal_stage_id"] = .string(stageID)
      } else {
        body["deal_stage_id"] = .string(stageID)
      }
    }
    if let organizationID {
      if isNew {
        body["organization"] = ["_id": .string(organizationID)]
      } else {
        deal["organization_id"] = .string(organizationID)
      }
    }
    if let sourceID { body["deal_source"] = ["_id": .string(sourceID)] }
    if let campaignID { body["campaign"] = ["_id": .string(campaignID)] }
    // v1 has no amount to write: it is the sum of the deal's products.
    if isNew, let value { body["deal_products"] = [V1Value.line(value)] }
    body["deal"] = .object(deal)
    return .object(body)
  }
}

extension PersonChange {
  var bodyV1: JSON {
    var contact = JSON.Members()
    if let name { contact["name"] = .string(name) }
    if let emails { contact["emails"] = .array(emails.map { ["email": .string($0)] }) }
    if let phones {
      contact["phones"] = .array(phones.map { ["phone": .string($0), "type": "cellphone"] })
    }
    if let organizationID { contact["organization_id"] = .string(organizationID) }
    if let title { contact["title"] = .string(title) }
    if let dealIDs { contact["deal_ids"] = .array(dealIDs.map(JSON.string)) }
    if !fields.isEmpty { contact["contact_custom_fields"] = .customFields(fields) }
    return ["contact": .object(contact)]
  }
}

extension CompanyChange {
  var bodyV1: JSON {
    var organization = JSON.Members()
    if let name { organization["name"] = .string(name) }
    if let userID { organization["user_id"] = .string(userID) }
    if let url { organization["url"] = .string(url) }
    if let about { organization["resume"] = .string(about) }
    if let address { organization["address"] = .string(address) }
    if let segments { organization["organization_segments"] = .array(segments.map(JSON.string)) }
    if !fields.isEmpty { organization["organization_custom_fields"] = .customFields(fields) }
    return ["organization": .object(organization)]
  }
}

extension JSON {
  fileprivate static func customFields(_ fields: [String: JSON]) -> JSON {
    .array(
      fields.sorted { $0.key < $1.key }
        .map { ["custom_field_id": .string($0.key), "value": $0.value] }
    )
  }
}
