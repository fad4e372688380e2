private import StrictJSON

extension LeadEvent {
  /// The event as the settings understand it: fillers are no values, the conversion's answers stand in
  /// where the profile has none, and RD's number for the profile is a letter.
  ///
  /// Says in `notes` what was read so.
  package func understood(in settings: Settings?) -> LeadEvent {
    var event = self
    event.notes = []
    let reading = settings?.reading ?? ReadingRules()
    let fillers = FillerReading(reading.fillers, settings)
    var empty = fillers.clean(&event.lead)
    var taken: [(source: Answer.Source, field: String)] = []
    for answer in answers where answer.field != "email" {
      guard let value = fillers.value(of: answer) else {
        empty.append(answer.field)
        continue
      }
      if event.lead.take(answer, value) { taken.append((answer.source, answer.field)) }
    }
    for source in [Answer.Source.conversion, .payload] {
      let fields = taken.filter { $0.source == source }.map(\.field)
      if !fields.isEmpty {
        event.notes.append("Read from \(source.rawValue): \(Self.list(fields)).")
      }
    }
    if !empty.isEmpty {
      event.notes.append("Fillers, which are no value, stood in: \(Self.list(empty)).")
    }
    if let fit, event.lead.fitLetter == nil {
      let letter = reading.letters.letter(of: fit)
      let whose =
        reading.fitLetters == nil
        ? "our own reading, since RD Station publishes none" : "as the settings say"
      event.lead.fitLetter = letter
      event.isLetterRead = true
      event.notes.append(
        "RD Station's fit of \(fit) was read as the profile letter \(letter): "
          + "\(reading.letters.words), \(whose)."
      )
    }
    return event
  }

  private static func list(_ fields: [String]) -> String {
    var seen: Set<String> = []
    let names = fields.filter { seen.insert($0).inserted }
    let shown = names.prefix(20).map { String($0.prefix(60)) }.joined(separator: ", ")
    return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
  }
}

extension LeadProfile {
  /// Takes an answer where the profile has no value; says whether it did.
  fileprivate mutating func take(_ answer: Answer, _ value: JSON) -> Bool {
    if answer.isStandard {
      guard let text = value.string,
        let path = Self.texts.first(where: { $0.name == answer.field })?.path,
        self[keyPath: path] == nil
      else { return false }
      self[keyPath: path] = text
      cleared.remove(answer.field)
      return true
    }
    let identifier = RDFieldName.identifier(of: answer.field)
    guard identifier != "cf_" else { return false }
    let alike = customFields.indices.filter {
      RDFieldName.identifier(of: customFields[$0].key) == identifier
    }
    guard alike.allSatisfy({ customFields[$0].value.isCleared }) else { return false }
    if let place = alike.first {
      customFields[place].value = value
    } else {
      guard customFields.count < RDWebhookBody.customFieldsMax else { return false }
      customFields.append(.init(key: answer.field, value: value))
    }
    return true
  }
}
