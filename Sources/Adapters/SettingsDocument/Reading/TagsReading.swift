import Leads

/// Reads `tags:`, which way tags travel and where the CRM keeps them.
struct TagsReading {
  let direction: Settings.TagDirection
  private(set) var field: String?

  init(_ field: Field, crm: CatalogueReading, rows: [MappingReading.Row]) {
    let section = Section(field, .tags)
    direction = section["direction"].choice(default: Settings.TagDirection.off)
    let place = section["crm"]
    guard place.isFilled, let target = place.text() else { return }
    if direction == .off { place.warning("has no effect with direction: off") }
    guard let name = CRMFieldReference(target), name.record == .opportunity else {
      place.problem("tags are kept by an opportunity's field, such as opportunity.etiquetas")
      return
    }
    guard let known = crm.field(name, at: place) else { return }
    self.field = known.name
    if !crm.knowsNames {
      // What it is will be seen then.
    } else if crm.kind.traits.keepsTagsInText {
      if known.type != .text, known.type != .textArea {
        place.problem("tags need a text of their own, and \(name) is \(known.type.article)")
      }
    } else if known.type != .multipleChoice {
      place.problem(
        "tags need a field of type multiple_choice, and \(name) is \(known.type.article)"
      )
    } else if !known.takesNewOptions {
      place.problem("tags need a field with new_options: true, and \(name) takes none")
    }
    if rows.contains(where: { $0.name == FieldName(record: .opportunity, name: known.name) }) {
      place.problem("\(name) is filled by a row of fields already")
    }
  }
}
