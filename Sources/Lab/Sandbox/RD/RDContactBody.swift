private import HTTPTypes
private import SandboxLeads
internal import StrictJSON

/// What may stand in the body of a contact call.
enum RDContactBody {
  private static let readOnly: Set<String> = [
    "uuid", "links", "extra_emails", "available_for_mailing", "created_at", "fit", "interest",
  ]

  static func check(_ body: JSON, fields: [RDField]) throws(Refusal) {
    guard let members = body.members else {
      throw RDErrors.plain(.badRequest, "BAD_REQUEST", "The body must be an object.")
    }
    var unknown: [String] = []
    var fixed: [String] = []
    for member in members {
      let name = member.key
      if readOnly.contains(name) {
        fixed.append(name)
      } else if name == "tags" {
        _ = try tags(in: body)
      } else if name == "legal_bases" {
        continue
      } else if name == "email" || RDContactRecord.extraNames.contains(name)
        || RDContactRecord.profile.contains(where: { $0.0 == name })
      {
        try checkText(name, member.value)
      } else if let field = fields.first(where: { $0.isCustom && $0.identifier == name }) {
        try field.check(member.value)
      } else {
        unknown.append(name)
      }
    }
    try refuse(fixed, "Payload contains fields that cannot be modified")
    try refuse(unknown, "Payload contains fields that do not exist")
  }

  private static func refuse(_ names: [String], _ text: String) throws(Refusal) {
    guard !names.isEmpty else { return }
    throw RDErrors.plain(
      .badRequest,
      "INVALID_FIELDS",
      "\(text): (\(names.joined(separator: ", ")))"
    )
  }

  private static func checkText(_ name: String, _ value: JSON) throws(Refusal) {
    // Undocumented; assumed to unset the field.
    if value == .null { return }
    guard let text = value.string else {
      throw RDErrors.field(name, "MUST_BE_STRING", "\(name) must be string.")
    }
    guard text.count <= 255 || name == "bio" else {
      throw RDErrors.field(name, "TOO_LONG", "is too long (maximum is 255 characters)")
    }
    if name == "email", !text.contains("@") {
      throw RDErrors.field(name, "INVALID_EMAIL_FORMAT", "invalid email format")
    }
  }

  /// The tags of a body: an array of texts without capital letters.
  static func tags(in body: JSON) throws(Refusal) -> [String] {
    guard let list = body["tags"]?.array else {
      throw RDErrors.field("tags", "MUST_BE_STRING_ARRAY", "tags must be an array of strings.")
    }
    let tags = list.compactMap(\.string)
    guard tags.count == list.count else {
      throw RDErrors.field("tags", "MUST_BE_STRING_ARRAY", "tags must be an array of strings.")
    }
    guard tags.allSatisfy({ $0 == $0.lowercased() }) else {
      throw RDErrors.field(
        "tags",
        "VALUES_MUST_BE_LOWERCASE",
        "must not contain capital letters"
      )
    }
    guard Set(tags).count == tags.count else { throw duplicateTags }
    return tags
  }

  static let duplicateTags = RDErrors.field(
    "tags",
    "VALUES_MUST_BE_UNIQUE",
    "must not contain duplicate values"
  )

  /// Takes over what `check` has passed, and ignores the rest, as a conversion does.
  static func apply(_ body: JSON, to record: inout RDContactRecord, fields: [RDField]) {
    for (name, path) in RDContactRecord.profile {
      if let value = body[name] { record.facts[keyPath: path] = value.string }
    }
    for member in body.members ?? [] {
      if RDContactRecord.extraNames.contains(member.key) {
        record.extra[member.key] = member.value == .null ? nil : member.value
      } else if let field = fields.first(where: { $0.isCustom && $0.identifier == member.key }) {
        record.set(field, to: member.value)
      }
    }
    if let email = body["email"]?.string { record.facts.email = email }
    if let tags = body["tags"]?.array { record.facts.tags = tags.compactMap(\.string) }
  }
}
