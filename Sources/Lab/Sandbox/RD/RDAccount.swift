internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One RD Station account and everything in it.
final class RDAccount: Sendable {
  let name: String
  let state: Mutex<RDAccountState>

  init(name: String) {
    self.name = name
    state = Mutex(RDAccountState(name: name))
  }
}

struct RDAccountState: Sendable {
  var login: RDLogin
  var fields = RDField.initial
  var subscriptions: [RDSubscription] = []
  var screenWebhooks: [RDScreenWebhook] = []
  var quotas = RDQuotas()
  var traffic = RDWebhookTraffic()
  /// Ids and uuids of this account; seeded by its name, so that a run can be repeated.
  var generator: SeededGenerator
  private var contacts: [String: RDContactRecord] = [:]
  private var uuidsByEmail: [String: String] = [:]

  init(name: String) {
    login = RDLogin(account: name)
    let seed = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    generator = SeededGenerator(seed: seed)
  }

  subscript(uuid uuid: String) -> RDContactRecord? {
    get { contacts[uuid] }
    set {
      if let old = contacts[uuid]?.facts.email { uuidsByEmail[old.lowercased()] = nil }
      contacts[uuid] = newValue
      if let email = newValue?.facts.email { uuidsByEmail[email.lowercased()] = uuid }
    }
  }

  /// Changes a contact whose address stays.
  mutating func update<Result>(
    uuid: String,
    _ change: (inout RDContactRecord) throws -> Result
  ) rethrows -> Result? {
    guard contacts[uuid] != nil else { return nil }
    return try change(&contacts[uuid, default: .placeholder])
  }

  func uuid(email: String) -> String? { uuidsByEmail[email.lowercased()] }

  func uuid(of identifier: RDIdentifier) -> String? {
    switch identifier {
    case .uuid(let uuid): contacts[uuid] == nil ? nil : uuid
    case .email(let email): uuid(email: email)
    }
  }

  mutating func create(email: String, at: Timestamp) -> RDContactRecord {
    let facts = LeadFacts(
      legacyID: "49\(generator.digits(8))",
      uuid: generator.uuid(),
      email: email,
      createdAt: at
    )
    let record = RDContactRecord(facts: facts)
    self[uuid: facts.uuid] = record
    return record
  }
}

/// How a path addresses a contact: `uuid:…`, `email:…`, or a bare uuid.
enum RDIdentifier: Sendable, Hashable {
  case uuid(String)
  case email(String)

  init(pathSegment: String) {
    let text = percentDecoded(pathSegment)
    if text.hasPrefix("email:") {
      self = .email(String(text.dropFirst("email:".count)))
    } else {
      self = .uuid(text.hasPrefix("uuid:") ? String(text.dropFirst("uuid:".count)) : text)
    }
  }

  /// The name of the member that must not be repeated in a body.
  var member: String {
    switch self {
    case .uuid: "uuid"
    case .email: "email"
    }
  }
}
