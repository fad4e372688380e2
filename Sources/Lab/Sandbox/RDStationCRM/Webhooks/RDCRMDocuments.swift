internal import SandboxLeads
internal import StrictJSON

/// A deal's document is of v1's names; empty relations are `{}`, and nobody is named (reference 8.3).
extension RDCRMDeal: RDCRMTold {
  static let word = "deal"

  func document(in books: RDCRMBooks) -> JSON {
    let (once, monthly) = (cents("spare"), cents("monthly"))
    let place = books.stage(stageID)
    var members = JSON.Members()
    members["id"] = .string(id)
    members["name"] = .string(name)
    members["amount_monthly"] = .cents(monthly)
    members["amount_unique"] = .cents(once)
    members["amount_total"] = .cents(once + monthly)
    members["prediction_date"] = .optional(predictionDate)
    members["created_at"] = .string(createdAt.brasilia)
    members["updated_at"] = .string(updatedAt.brasilia)
    members["rating"] = .number(rating)
    members["status"] = .string(status)
    members["closed_at"] = .optional(closedAt?.brasilia)
    members["user"] = books.user(userID)?.json ?? [:]
    members["deal_stage"] = place?.stage.json(order: 1) ?? [:]
    members["deal_pipeline"] = Self.related(place.map { ($0.pipeline.id, $0.pipeline.name) })
    members["deal_source"] = Self.related(books.sources, sourceID)
    members["campaign"] = Self.related(books.campaigns, campaignID)
    members["deal_lost_reason"] = Self.related(books.lostReasons, lostReasonID)
    members["deal_custom_fields"] = .array(
      books.fields.filter { $0.entity == "deal" }.map { field in
        ["value": fields[field.id] ?? .null, "custom_field": field.json]
      }
    )
    members["deal_products"] = .array(lines.map(\.json))
    return .object(members)
  }

  private static func related(_ found: (id: String, name: String)?) -> JSON {
    found.map { ["id": .string($0.id), "name": .string($0.name)] } ?? [:]
  }

  private static func related(_ list: [RDCRMNamed], _ id: String?) -> JSON {
    related(list.first { $0.id == id }.map { ($0.id, $0.name) })
  }
}

/// The others' documents are of v2's shape.
extension RDCRMContact: RDCRMTold {
  static let word = "contact"

  func document(in books: RDCRMBooks) -> JSON { books.shown2(self) }
}

extension RDCRMOrganization: RDCRMTold {
  static let word = "organization"

  func document(in books: RDCRMBooks) -> JSON { books.shown2(self) }
}
