extension Trigger {
  /// Whether an event starts this trigger; identifiers are compared trimmed and without case.
  package func matches(_ kind: LeadEvent.Kind, identifier: String?) -> Bool {
    mismatch(kind, identifier: identifier) == nil
  }

  /// Why an event does not start this trigger, as the end of a sentence; nil when it does.
  package func mismatch(_ kind: LeadEvent.Kind, identifier: String?) -> String? {
    switch (when, kind) {
    case (.opportunityMark, .opportunityMark), (.anyConversion, .conversion): return nil
    case (.opportunityMark, .conversion): return "the event is a conversion, not a mark"
    case (.anyConversion, .opportunityMark), (.conversion, .opportunityMark):
      return "the event is an opportunity mark, not a conversion"
    case (.conversion(let wanted), .conversion):
      if wanted.trimmed.lowercased() == identifier?.trimmed.lowercased() { return nil }
      return "the conversion is “\(identifier ?? "without a name")”"
    }
  }

  /// The trigger as a person would name it.
  package var words: String {
    switch when {
    case .opportunityMark: "opportunity mark"
    case .anyConversion: "any conversion"
    case .conversion(let identifier): "conversion “\(identifier)”"
    }
  }
}

extension Settings {
  /// The first trigger in order of priority that the event starts (B037), with its place from 1.
  package func trigger(for kind: LeadEvent.Kind, identifier: String?) -> (
    place: Int, trigger: Trigger
  )? {
    for (index, trigger) in triggers.enumerated()
    where trigger.matches(kind, identifier: identifier) {
      return (index + 1, trigger)
    }
    return nil
  }
}
