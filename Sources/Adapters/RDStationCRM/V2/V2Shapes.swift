import Leads
import StrictJSON

/// A page of v2.
///
/// There is no count: the next link, whatever its path, says whether more follows.
struct V2Page<Item: Sendable>: Sendable {
  let items: [Item]
  let hasMore: Bool

  init?(_ json: JSON, _ read: (JSON) -> Item?) {
    guard let items = json["data"]?.each(read) else { return nil }
    self.items = items
    hasMore = json["links"]?["next"]?.string?.nonBlank != nil
  }
}

struct V2Note: Sendable, Hashable {
  let text: String
  let at: Int

  init?(_ json: JSON) {
    guard let text = json["description"]?.string else { return nil }
    self.text = text
    at = json["registered_at"]?.string.flatMap(Timestamp.init).map { Int($0.milliseconds) } ?? 0
  }
}

struct V2Team: Sendable, Hashable {
  let name: String
  let userIDs: [String]

  init?(_ json: JSON) {
    guard let name = json["name"]?.string, let ids = json["user_ids"]?.array else { return nil }
    self.name = name
    userIDs = ids.compactMap(\.string)
  }
}

extension JSON {
  /// `{slug: value}`, of which only what is there counts.
  fileprivate var bySlug: [String: JSON] {
    Dictionary((members ?? []).map { ($0.key, $0.value) }) { first, _ in first }
  }
}

extension Deal {
  init?(v2 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string, let version = json.version,
      let stage = json["stage_id"]?.string, let status = json["status"]?.string
    else { return nil }
    self.init(
      id: id,
      name: name,
      status: OpportunityState.Status(rawValue: status) ?? .open,
      stageID: stage,
      value: json["total_price"]?.amount,
      lossReason: nil,
      lossReasonID: json["lost_reason_id"]?.string,
      userID: json["owner_id"]?.string,
      fields: json["custom_fields"]?.bySlug ?? [:],
      version: version
    )
  }
}

extension Person {
  /// v2 shows no deals of a contact.
  init?(v2 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string else { return nil }
    self.init(
      id: id,
      name: name,
      emails: json["emails"]?.texts("email") ?? [],
      phones: json["phones"]?.texts("phone") ?? [],
      organizationID: json["organization_id"]?.string,
      title: json["job_title"]?.string,
      dealIDs: [],
      hasOpenDeal: false,
      fields: json["custom_fields"]?.bySlug ?? [:]
    )
  }
}

extension Company {
  init?(v2 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string else { return nil }
    self.init(
      id: id,
      name: name,
      url: json["url"]?.string,
      about: json["description"]?.string,
      address: json["address"]?["line"]?.string,
      segments: [],
      fields: json["custom_fields"]?.bySlug ?? [:]
    )
  }
}

extension AccountLists.User {
  /// v2 lists who can be given work.
  init?(v2 json: JSON) {
    guard let id = json.recordID, let email = json["email"]?.string else { return nil }
    self.init(id: id, email: email, isActive: true)
  }
}

extension AccountLists.Field {
  /// As ``known(v1:)``.
  static func known(v2 json: JSON) -> Self?? {
    guard let slug = json["slug"]?.string, let label = json["name"]?.string,
      let type = json["type"]?.string, let entity = json["entity"]?.string
    else { return nil }
    guard let record = RecordKind(vendor: entity) else { return .some(nil) }
    return Self(
      record: record,
      key: slug,
      label: label,
      type: FieldType(vendor: type),
      options: json["options"]?.array?.compactMap(\.string) ?? [],
      isRequired: json["required_rules"]?.array?.isEmpty == false,
      takesNewOptions: json["allow_new_option"]?.bool ?? false
    )
  }
}
