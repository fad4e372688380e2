internal import StrictJSON

/// Takes out of a lead what is written only because a field must not be empty.
struct FillerReading {
  private let fillers: Fillers
  private let settings: Settings?
  private let taxID: String?

  init(_ fillers: Fillers, _ settings: Settings?) {
    self.fillers = fillers
    self.settings = settings
    taxID = settings?.taxIDField.map(RDFieldName.identifier)
  }

  /// Leaves fillers out, as if they had not been sent; says which fields had one.
  func clean(_ lead: inout LeadProfile) -> [String] {
    var empty: [String] = []
    for text in LeadProfile.texts where text.name != "fit_letter" {
      guard let value = lead[keyPath: text.path], fillers.contains(value, in: .init(text.name))
      else { continue }
      lead[keyPath: text.path] = nil
      empty.append(text.name)
    }
    lead.customFields = lead.customFields.compactMap { member in
      guard !member.value.isCleared else { return member }
      guard let value = value(member.value, ofCustom: member.key) else {
        empty.append(member.key)
        return nil
      }
      return .init(key: member.key, value: value)
    }
    return empty
  }

  /// Nil for a filler.
  func value(of answer: Answer) -> JSON? {
    guard answer.isStandard else { return value(answer.value, ofCustom: answer.field) }
    return fillers.contains(answer.value.string ?? "", in: .init(answer.field))
      ? JSON?.none : answer.value
  }

  private func value(_ value: JSON, ofCustom name: String) -> JSON? {
    switch value {
    // The type is said, since a bare nil would be JSON's null.
    case .string(let text): return isFiller(text, ofCustom: name) ? JSON?.none : value
    case .array(let items):
      let kept = items.filter { $0.string.map { !isFiller($0, ofCustom: name) } ?? true }
      return kept.isEmpty ? JSON?.none : .array(kept)
    case .null, .bool, .number, .object: return value
    }
  }

  /// An option that the settings themselves name is a value, such as “Nenhum” of a list.
  private func isFiller(_ text: String, ofCustom name: String) -> Bool {
    let identifier = RDFieldName.identifier(of: name)
    guard fillers.contains(text, in: identifier == taxID ? .taxID : .custom) else { return false }
    return !isNamed(text.trimmed, identifier)
  }

  private func isNamed(_ text: String, _ identifier: String) -> Bool {
    guard let settings else { return false }
    if settings.rdFields.contains(where: { $0.name == identifier && $0.options.contains(text) }) {
      return true
    }
    return settings.fields.contains { row in
      guard let rd = row.rd, RDFieldName.identifier(of: rd) == identifier else { return false }
      return row.translations[text] != nil
        || settings.catalogue.field(row.crm, of: row.record).options.contains(text)
    }
  }
}

extension LeadProfile {
  /// Without what is a filler by the settings; for profiles that were stored before the settings knew.
  package func withoutFillers(in settings: Settings) -> LeadProfile {
    var lead = self
    _ = FillerReading(settings.reading.fillers, settings).clean(&lead)
    return lead
  }
}
