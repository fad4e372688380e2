package import StrictJSON

/// What a person answered in one conversion, besides what RD Station's profile of the lead says.
///
/// RD's own buttons and newer forms leave `custom_fields` empty and the profile as it was; the answers
/// stand in the conversion's content, and in a payload that is JSON inside a string.
package struct Answer: Sendable, Hashable {
  package enum Source: String, Sendable {
    case conversion = "the conversion's content"
    case payload = "the conversion's payload"
  }

  /// A standard field by RD's name of it, or a custom one as the form names it.
  package let field: String
  package let isStandard: Bool
  package let value: JSON
  package let source: Source
}

extension Answer {
  /// Answers of one lead; what a form asks beyond is noise or malice.
  static let countMax = 300
  /// Bytes of a payload that is text; a longer one is no form.
  private static let payloadMax = 65_536

  /// The answers of a lead in the older body, the ones that count first.
  static func all(in lead: JSON) -> [Answer] {
    let last = lead["last_conversion"] ?? .null
    var contents = [last["content"] ?? .null]
    if let first = lead["first_conversion"], isSame(first, last) {
      contents.append(first["content"] ?? .null)
    }
    let payloads = contents.flatMap { content in
      let event = content["__cdp__original_event"]?["payload"] ?? .null
      return [content["conversion_payload"], event, event["conversion_payload"]]
        .map { members(ofPayload: $0 ?? .null) }
    }
    let answers =
      contents.flatMap { read($0.members ?? [], .conversion) }
      + payloads.flatMap { read($0, .payload) }
    return Array(answers.prefix(countMax))
  }

  /// The first conversion is told again as the last one, at times with the answers in one of the two.
  private static func isSame(_ first: JSON, _ last: JSON) -> Bool {
    first.words("created_at") == last.words("created_at")
      && first.words("source") == last.words("source")
  }

  private static func read(_ members: [JSON.Members.Member], _ source: Source) -> [Answer] {
    members.prefix(countMax * 2).compactMap { member in
      switch AnswerLabels.meaning(of: member.key) {
      case .circumstance: return nil
      case .standard(let field):
        return member.value.line.map {
          Answer(field: field, isStandard: true, value: .string($0), source: source)
        }
      case .question:
        guard member.value.isAnswer, member.key.utf8.count <= TextLimits.line else { return nil }
        return Answer(
          field: member.key.nfc,
          isStandard: false,
          value: member.value.asCustomField,
          source: source
        )
      }
    }
  }

  /// Anybody can post a payload: what is no object, or JSON in a text that is none, tells nothing.
  private static func members(ofPayload payload: JSON) -> [JSON.Members.Member] {
    guard let text = payload.string else { return payload.members ?? [] }
    guard text.utf8.count <= payloadMax else { return [] }
    do {
      return try JSON(parsing: Array(text.utf8), depth: 8).members ?? []
    } catch {
      return []
    }
  }
}

extension JSON {
  /// A text, a number, yes or no, or several of them, that says something.
  fileprivate var isAnswer: Bool {
    switch self {
    case .null, .object: false
    case .bool, .number: true
    case .string(let text): text.nonBlank != nil
    case .array(let items): items.contains(where: \.isAnswer) && items.allSatisfy(\.isScalar)
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    case .null, .bool, .number, .string: true
    }
  }
}
