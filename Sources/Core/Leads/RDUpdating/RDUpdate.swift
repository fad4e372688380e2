/// What RD Station is to be told of one opportunity or one contact.
package struct RDUpdate: Sendable, Hashable {
  package enum Event: Sendable, Hashable {
    case opportunity
    case sale(value: String?)
    case lost(reason: String?)
    case conversion(StandardConversion)
  }

  /// Sent in one call, in this order.
  package var events: [Event]
  /// Tags that RD Station adds to the lead with each of the conversions (B135).
  package var tags: [String]
  /// Set after the events; nil leaves it.
  package var lifecycleStage: LifecycleStage?
  /// The loss reason for the field that the settings name; without a value the field is emptied.
  package var field: FieldValue?

  package var isEmpty: Bool { events.isEmpty && lifecycleStage == nil && field == nil }

  /// What is told, for people.
  package var words: String {
    var words = events.map { event in
      switch event {
      case .opportunity: "opportunity mark"
      case .sale(let value): "sale\(value.map { " of \($0)" } ?? "")"
      case .lost(let reason): "loss\(reason.map { " (\($0))" } ?? "")"
      case .conversion(let conversion): "conversion “\(conversion.rawValue)”"
      }
    }
    if let lifecycleStage { words.append("stage “\(lifecycleStage.rawValue)”") }
    if let field {
      words.append("field “\(field.name)”\(field.values.isEmpty ? " emptied" : "")")
    }
    return words.joined(separator: ", ")
  }

  package init(
    events: [Event] = [],
    tags: [String] = [],
    lifecycleStage: LifecycleStage? = nil,
    field: FieldValue? = nil
  ) {
    self.events = events
    self.tags = tags
    self.lifecycleStage = lifecycleStage
    self.field = field
  }
}
