import Leads
import StrictJSON

extension JSON {
  /// Most objects carry both `_id` and `id`; a few only one of them.
  var recordID: String? {
    guard let id = self["_id"]?.string ?? self["id"]?.string, !id.isEmpty else { return nil }
    return id
  }

  /// Every item of a list read; nil where this is no list, or one of them is not as documented.
  func each<Item>(_ read: (JSON) -> Item?) -> [Item]? {
    guard let array else { return nil }
    let items = array.compactMap(read)
    return items.count == array.count ? items : nil
  }

  /// `[{name: text}]` as texts, without the empty ones.
  func texts(_ name: String) -> [String] {
    array?.compactMap { $0[name]?.string?.nonBlank } ?? []
  }

  /// An object with an id and a name.
  var named: Named? {
    guard let id = recordID, let name = self["name"]?.string else { return nil }
    return Named(id: id, name: name)
  }

  var team: CRMCatalogue.Team? {
    guard let name = self["name"]?.string, let users = self["team_users"] else { return nil }
    return CRMCatalogue.Team(name: name, members: users.texts("email"))
  }

  /// `[{custom_field_id, value}]` by the field's id.
  var customFields: [String: JSON] {
    var fields: [String: JSON] = [:]
    for item in array ?? [] {
      let id = item["custom_field_id"]?.string ?? item["custom_field"]?.recordID
      if let id { fields[id] = item["value"] ?? .null }
    }
    return fields
  }
}

struct Named: Sendable, Hashable {
  let id: String
  let name: String
}

/// A page of a list; whether more follows is said, not guessed from its length.
struct V1Page<Item: Sendable>: Sendable {
  let items: [Item]
  let hasMore: Bool
  let total: Int

  init?(_ json: JSON, _ name: String, _ read: (JSON) -> Item?) {
    guard let items = json[name]?.each(read) else { return nil }
    self.items = items
    hasMore = json["has_more"]?.bool ?? false
    total = json["total"]?.int ?? items.count
  }
}

/// A deal as a list shows it: without its pipeline, its contacts without ids.
struct V1ListedDeal: Sendable, Hashable {
  let id: String
  let name: String
  let version: Int

  init?(_ json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string, let version = json.version else {
      return nil
    }
    self.id = id
    self.name = name
    self.version = version
  }
}

/// A product of a deal.
struct V1Line: Sendable, Hashable {
  let id: String
  let productID: String?

  init?(_ json: JSON) {
    guard let id = json.recordID else { return nil }
    self.id = id
    productID = json["product_id"]?.string
  }
}

extension JSON {
  /// The later of the last change and the last note, in milliseconds: both are changes of a deal.
  var version: Int? {
    let times = ["updated_at", "last_activity_at"].compactMap { self[$0]?.string }
      .compactMap(Timestamp.init)
    return times.map { Int($0.milliseconds) }.max()
  }

  /// An amount as decimal text with two places; nil for none, which the vendor writes as zero.
  var amount: String? {
    guard let number = double, number > 0, number < 1e13 else { return nil }
    let cents = Int((number * 100).rounded())
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension Deal {
  init?(v1 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string, let version = json.version,
      let stage = json["deal_stage"]?.recordID
    else { return nil }
    self.init(
      id: id,
      name: name,
      status: json["win"]?.bool.map { $0 ? .won : .lost } ?? .open,
      stageID: stage,
      value: json["amount_total"]?.amount,
      lossReason: json["deal_lost_reason"]?["name"]?.string,
      userID: json["user"]?.recordID,
      fields: json["deal_custom_fields"]?.customFields ?? [:],
      version: version
    )
    lossReasonID = json["deal_lost_reason_id"]?.string
  }
}

extension Person {
  /// From a list or by its id: the one shows `deals`, the other `deal_ids`.
  init?(v1 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string else { return nil }
    let deals = json["deals"]?.array ?? []
    self.init(
      id: id,
      name: name,
      emails: json["emails"]?.texts("email") ?? [],
      phones: json["phones"]?.texts("phone") ?? [],
      organizationID: json["organization_id"]?.string,
      title: json["title"]?.string,
      dealIDs: json["deal_ids"]?.array?.compactMap(\.string) ?? deals.compactMap(\.recordID),
      hasOpenDeal: deals.contains { $0["win"] == .null && $0["closed_at"] == .null },
      fields: json["contact_custom_fields"]?.customFields ?? [:]
    )
  }
}

extension Company {
  init?(v1 json: JSON) {
    guard let id = json.recordID, let name = json["name"]?.string else { return nil }
    let fields = json["organization_custom_fields"] ?? json["custom_fields"]
    self.init(
      id: id,
      name: name,
      url: json["url"]?.string,
      about: json["resume"]?.string,
      address: json["address"]?.string,
      segments: json["organization_segments"]?.array?
        .compactMap { $0.string ?? $0["name"]?.string } ?? [],
      fields: fields?.customFields ?? [:]
    )
  }
}
