internal import SandboxLeads
internal import StrictJSON

/// Contacts as v1 shows them (reference 3.1, 3.2).
extension RDCRMBooks {
  /// In a list: with deals, so that one sees who has an open one.
  func listed(_ contact: RDCRMContact, withDeals: Bool = true) -> JSON {
    var members = common(contact)
    guard withDeals else { return .object(members) }
    members["deals"] = .array(
      dealsOf(contact).map { deal in
        [
          "_id": .string(deal.id), "id": .string(deal.id), "name": .string(deal.name),
          "win": deal.win.map { .bool($0) } ?? .null,
          "closed_at": .optional(deal.closedAt?.brasilia),
        ]
      }
    )
    return .object(members)
  }

  /// By its id: `deal_ids` instead, and its organization.
  func whole(_ contact: RDCRMContact) -> JSON {
    var members = common(contact)
    members["deal_ids"] = .array(dealsOf(contact).map { .string($0.id) })
    members["contact_c_f"] = [:]
    if let organization = contact.organizationID.flatMap({ organizations[$0] }) {
      members["organization"] = [
        "_id": .string(organization.id), "name": .string(organization.name),
        "url": .optional(organization.url),
      ]
    }
    return .object(members)
  }

  func dealsOf(_ contact: RDCRMContact) -> [RDCRMDeal] {
    deals.values.filter { $0.contactIDs.contains(contact.id) }.sorted {
      $0.createdAt < $1.createdAt
    }
  }

  private func common(_ contact: RDCRMContact) -> JSON.Members {
    var members = JSON.Members()
    members["_id"] = .string(contact.id)
    members["id"] = .string(contact.id)
    members["name"] = .string(contact.name)
    members["title"] = .optional(contact.title)
    members["notes"] = .null
    members["birthday"] = contact.birthday
    for name in ["facebook", "linkedin", "skype"] {
      members[name] = .optional(contact.profiles[name])
    }
    members["emails"] = .array(contact.emails.map { ["email": .string($0)] })
    members["phones"] = .array(contact.phones.map(\.json))
    members["contact_custom_fields"] = .array(
      fields.filter { contact.fields[$0.id] != nil }.map { field in
        ["custom_field_id": .string(field.id), "value": contact.fields[field.id] ?? .null]
      }
    )
    members["legal_bases"] = .array(contact.legalBases)
    members["organization_id"] = .optional(contact.organizationID)
    members["created_at"] = .string(contact.createdAt.brasilia)
    members["updated_at"] = .string(contact.updatedAt.brasilia)
    return members
  }
}
