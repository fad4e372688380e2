internal import HTTPTypes
internal import SandboxLeads
internal import StrictJSON

/// Deals as v1 shows them (reference 2.1, 2.2).
extension RDCRMBooks {
  /// In a list: no pipeline, and contacts without ids.
  func listed(_ deal: RDCRMDeal) -> JSON {
    var members = common(deal)
    members["contacts"] = .array(
      deal.contactIDs.compactMap { contacts[$0] }.map { contact in
        [
          "name": .string(contact.name), "title": .optional(contact.title), "notes": .null,
          "emails": .array(contact.emails.map { ["email": .string($0)] }),
          "phones": .array(contact.phones.map(\.json)), "birthday": contact.birthday,
        ]
      }
    )
    return .object(members)
  }

  func whole(_ deal: RDCRMDeal, withPipeline: Bool = true) -> JSON {
    var members = common(deal)
    members["errors"] = [:]
    members["c_cf_errors"] = [:]
    members["contact_errors"] = [:]
    members["campaign_id"] = .optional(deal.campaignID)
    members["campaign"] = named(deal.campaignID, in: campaigns)
    members["deal_source_id"] = .optional(deal.sourceID)
    members["deal_source"] = named(deal.sourceID, in: sources)
    if withPipeline, let place = stage(deal.stageID) {
      members["deal_pipeline"] = [
        "id": .string(place.pipeline.id), "name": .string(place.pipeline.name),
      ]
    }
    if let parent = deal.parentID.flatMap({ deals[$0] }) {
      members["deal_pipeline_relation"] = [
        "parent_deal": ["id": .string(parent.id), "name": .string(parent.name)]
      ]
    }
    members["deal_lost_reason_id"] = .optional(deal.lostReasonID)
    members["deal_lost_reason"] = named(deal.lostReasonID, in: lostReasons)
    members["deal_lost_note"] = .optional(deal.lostNote)
    members["from_rdsm_integration"] = false
    if let organization = deal.organizationID.flatMap({ organizations[$0] }) {
      members["organization"] = [
        "_id": .string(organization.id), "id": .string(organization.id),
        "name": .string(organization.name),
      ]
    }
    members["last_note_content"] = .optional(deal.lastNote)
    return .object(members)
  }

  private func common(_ deal: RDCRMDeal) -> JSON.Members {
    let (once, monthly) = (deal.cents("spare"), deal.cents("monthly"))
    var members = JSON.Members()
    members["_id"] = .string(deal.id)
    members["id"] = .string(deal.id)
    members["name"] = .string(deal.name)
    members["amount_montly"] = .cents(monthly)
    members["amount_unique"] = .cents(once)
    members["amount_total"] = .cents(once + monthly)
    members["closed_at"] = .optional(deal.closedAt?.brasilia)
    members["created_at"] = .string(deal.createdAt.brasilia)
    members["updated_at"] = .string(deal.updatedAt.brasilia)
    members["deal_custom_fields"] = customFields(deal.fields, at: deal.updatedAt)
    members["deal_products"] = .array(deal.lines.map(\.json))
    if let stage = stage(deal.stageID)?.stage {
      members["deal_stage"] = [
        "_id": .string(stage.id), "id": .string(stage.id), "name": .string(stage.name),
        "nickname": .string(stage.nickname),
      ]
    }
    members["hold"] = deal.isOnHold ? true : .null
    members["interactions"] = .number(deal.interactions)
    members["last_activity_at"] = .optional(deal.lastActivityAt?.brasilia)
    members["prediction_date"] = .optional(deal.predictionDate)
    members["rating"] = .number(deal.rating)
    members["stop_time_limit"] = [:]
    members["user"] = user(deal.userID)?.json ?? [:]
    members["user_changed"] = false
    members["win"] = deal.win.map { .bool($0) } ?? .null
    return members
  }

  func customFields(_ held: [String: JSON], at: Timestamp) -> JSON {
    .array(
      fields.filter { held[$0.id] != nil }.map { field in
        [
          "custom_field_id": .string(field.id), "value": held[field.id] ?? .null,
          "created_at": .string(at.brasilia), "updated_at": .string(at.brasilia),
          "custom_field": field.json,
        ]
      }
    )
  }

  private func named(_ id: String?, in list: [RDCRMNamed]) -> JSON {
    guard let found = list.first(where: { $0.id == id }) else { return .null }
    return ["_id": .string(found.id), "id": .string(found.id), "name": .string(found.name)]
  }
}

extension RDCRMUser {
  var json: JSON {
    [
      "_id": .string(id), "id": .string(id), "name": .string(name), "email": .string(email),
      "active": .bool(isActive), "hidden": false,
    ]
  }
}

extension RDCRMField {
  var json: JSON {
    [
      "_id": .string(id), "id": .string(id), "label": .string(label), "type": .string(type),
      "for": .string(entity), "opts": .array(options.map(JSON.string)),
      "required": .bool(isRequired),
      "required_rules": isRequired
        ? [
          [
            "always": .bool(requiredAtStage == nil),
            "property": requiredAtStage == nil ? .null : "deal_stage_id",
            "value": .optional(requiredAtStage),
          ]
        ] : [],
      "unique": .bool(isUnique), "allow_new": .bool(allowsNew), "visible": true,
    ]
  }
}

extension RDCRMLine {
  /// Reads a line of a body, flat or in a new deal.
  init(_ json: JSON, in books: inout RDCRMBooks) throws {
    let product = json["product_id"]?.string
    let known = books.products.first { $0.id == product }
    if product != nil, known == nil { throw RDCRMErrors.notFound }
    self.init(id: books.newID(), productID: product, name: known?.name ?? "")
    basePrice = known?.basePrice ?? 0
    try set(json)
  }

  mutating func set(_ json: JSON) throws {
    if let text = try json.text("name") { name = text }
    if let text = json["description"]?.string { description = text }
    if let number = json["base_price"]?.money { basePrice = number }
    if let number = json["price"]?.money { price = number }
    if let number = json["amount"]?.double { quantity = number }
    if let number = json["discount"]?.double { discount = number }
    if let type = json["discount_type"]?.string {
      guard ["value", "percent", "percentage"].contains(type) else {
        throw RDCRMErrors.field("discount_type", "Não está incluído na lista.")
      }
      discountType = type == "value" ? "value" : "percent"
    }
    if let text = json["recurrence"]?.string {
      guard ["spare", "monthly", "annual"].contains(text) else {
        throw RDCRMErrors.field("recurrence", "Não está incluído na lista.")
      }
      recurrence = text
    }
  }

  var json: JSON {
    [
      "_id": .string(id), "id": .string(id), "product_id": .optional(productID),
      "name": .string(name), "description": .string(description),
      "base_price": .cents(basePrice), "price": .cents(price), "amount": .number(Int(quantity)),
      "amount_decimal": .number("\(quantity)"), "discount": .number("\(discount)"),
      "discount_type": .string(discountType), "recurrence": .string(recurrence),
      "total": .cents(total),
    ]
  }
}

extension JSON {
  /// An amount as the vendor writes one: `1500.5`, `0.0`.
  static func cents(_ cents: Int) -> JSON { .number("\(Double(cents) / 100)") }

  /// An amount in cents, from a number or from a text such as `"15.44"`.
  var money: Int? {
    (double ?? string.flatMap(Double.init)).map { Int(($0 * 100).rounded()) }
  }
}
