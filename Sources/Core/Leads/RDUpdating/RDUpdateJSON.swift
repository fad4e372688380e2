package import StrictJSON

/// The stored form of an update: the intent, written before the call.
extension RDUpdate {
  package var json: JSON {
    [
      "events": .array(
        events.map { event in
          switch event {
          case .opportunity: "opportunity"
          case .sale(let value): ["sale": .optional(value)]
          case .lost(let reason): ["lost": .optional(reason)]
          case .conversion(let conversion): ["conversion": .string(conversion.rawValue)]
          }
        }
      ),
      "tags": .array(tags.map(JSON.string)),
      "lifecycle_stage": .optional(lifecycleStage?.rawValue),
      "field": field?.json ?? .null,
    ]
  }

  /// Nil when the text is not what ``json`` writes.
  package init?(json: JSON) {
    guard let list = json["events"]?.array else { return nil }
    var events: [Event] = []
    for item in list {
      if item.string == "opportunity" {
        events.append(.opportunity)
      } else if let sale = item["sale"] {
        events.append(.sale(value: sale.string))
      } else if let lost = item["lost"] {
        events.append(.lost(reason: lost.string))
      } else if let name = item["conversion"]?.string,
        let known = StandardConversion(rawValue: name)
      {
        events.append(.conversion(known))
      } else {
        return nil
      }
    }
    self.init(
      events: events,
      // An intent of the program before this one has none.
      tags: json["tags"]?.array?.compactMap(\.string) ?? [],
      lifecycleStage: json["lifecycle_stage"]?.string.flatMap(LifecycleStage.init(rawValue:)),
      field: json["field"].flatMap(FieldValue.init)
    )
  }
}
