import Leads

/// Reads `records:`, which records a lead makes and who gets them.
struct RecordsReading {
  private(set) var rules = RecordRules()

  /// Whether the document says whose a new record is, whatever it says.
  static func namesOwner(of record: RecordKind, in field: Field) -> Bool {
    guard let owners = field.child("owners") else { return false }
    return owners.child(record.rawValue) != nil
  }

  init(_ field: Field, owners: OwnerReading, triggers: [TriggerReading.Reading]) {
    let section = Section(field, .records)
    if section["create"].isFilled {
      let names = RecordKind.allCases.map(\.rawValue)
      for item in section["create"].items() {
        guard let text = item.requiredText(), !names.contains(text) else { continue }
        item.problem("there is no record “\(text)”", near: text, among: names)
      }
      rules.create = Set(section["create"].texts().compactMap(RecordKind.init(rawValue:)))
      if section["create"].items().isEmpty {
        section["create"].problem("names no record; leave it out for all three")
      }
    }
    let places = Section(section["owners"], .recordOwners)
    var offer = OwnerReading.Offer()
    if triggers.contains(where: { $0.trigger.when != .opportunityMark }) {
      offer.leadOwnerRefusal =
        "lead_owner is offered only where every trigger is { opportunity_mark: true }"
    }
    for record in [RecordKind.contact, .company] where places[record.rawValue].isFilled {
      let place = places[record.rawValue]
      offer.contactOwnerRefusal =
        record == .contact ? "a contact cannot follow its own owner; say who gets it" : nil
      rules.owners[record] = owners.owner(in: place, offer)
      if !rules.create.contains(record) {
        place.warning("has no effect: records.create leaves out \(record.rawValue)")
      }
    }
  }
}
