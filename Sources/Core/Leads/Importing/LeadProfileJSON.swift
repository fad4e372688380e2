package import StrictJSON

/// The stored form of a profile: RD Station's names; a value for what is known, null for what was
/// cleared, and no member for what was not sent.
///
/// So joining two profiles member by member, the newer over the older, keeps what the newer does not
/// mention and empties what it clears.
extension LeadProfile {
  package var json: JSON {
    var list: [JSON.Members.Member] = []
    func set(_ key: String, _ value: JSON?) {
      if let value {
        list.append(.init(key: key, value: value))
      } else if cleared.contains(key) {
        list.append(.init(key: key, value: .null))
      }
    }
    set("uuid", rdUUID.map(JSON.string))
    set("id", rdID.map(JSON.string))
    set("email", (email?.text).map(JSON.string))
    for text in Self.texts { set(text.name, self[keyPath: text.path].map(JSON.string)) }
    set("lifecycle_stage", (lifecycleStage?.rawValue).map(JSON.string))
    set("opportunity", isOpportunity.map(JSON.bool))
    set("interest", interest.map(JSON.number))
    set("tags", tags.map { .array($0.map(JSON.string)) })
    return .object(JSON.Members(list))
  }

  /// Reads the stored form; a member of another type than the field's is taken as not sent.
  ///
  /// - Parameters:
  ///   - json: What `json` gave, or several of them joined.
  ///   - customFields: The members of the stored custom fields; null, blank and empty lists are
  ///     cleared ones.
  package init(json: JSON, customFields: JSON) {
    self.init()
    rdUUID = json["uuid"]?.string
    rdID = json["id"]?.string
    email = (json["email"]?.string).map { LeadEmail($0) }
    for text in Self.texts { self[keyPath: text.path] = json[text.name]?.string }
    lifecycleStage = json["lifecycle_stage"]?.string.flatMap(LifecycleStage.init(rawValue:))
    isOpportunity = json["opportunity"]?.bool
    interest = json["interest"]?.int
    tags = json["tags"]?.array?.compactMap(\.string)
    cleared = Self.clearable.filter { json[$0] == .null }
    self.customFields = customFields.members ?? []
  }

  private static let clearable = Set(texts.map(\.name) + ["lifecycle_stage", "interest", "tags"])
}
