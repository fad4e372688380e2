package import StrictJSON

extension RDWebhookBody {
  /// Whether a body may be about a lead, in RD Station's form or any other: an empty one, or one that
  /// names nobody, is what RD Station or a person tries an address with.
  package static func mayHoldLead(_ json: JSON) -> Bool {
    ["leads", "event_type", "event_name"].contains { json[$0] != nil }
      || namesPerson(json, depth: 6)
  }

  private static func namesPerson(_ json: JSON, depth: Int) -> Bool {
    guard depth > 0 else { return false }
    switch json {
    case .null, .bool, .number: return false
    case .string(let text): return isAddress(text)
    case .array(let items): return items.contains { namesPerson($0, depth: depth - 1) }
    case .object(let members):
      return members.list.contains { member in
        isPersonal(member) || namesPerson(member.value, depth: depth - 1)
      }
    }
  }

  /// A member such as `telefone` or `Nome` that says something.
  private static func isPersonal(_ member: JSON.Members.Member) -> Bool {
    guard case .standard(let field) = AnswerLabels.meaning(of: member.key) else { return false }
    return ["name", "email", "mobile_phone", "personal_phone"].contains(field)
      && member.value.line != nil
  }

  private static func isAddress(_ text: String) -> Bool {
    text.utf8.count <= TextLimits.name && EmailAddress(text) != nil
  }
}
