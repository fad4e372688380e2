internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One account of RD Station CRM and everything in it.
final class RDCRMAccount: Sendable {
  let name: String
  let books: Mutex<RDCRMBooks>

  init(name: String, now: Timestamp) {
    self.name = name
    books = Mutex(RDCRMBooks(account: name, now: now))
  }
}

/// What an account holds; ids are drawn from a generator seeded by its name and the time: those of a
/// sandbox that was started anew are not met again in what a fleet has kept.
struct RDCRMBooks: Sendable {
  var users: [RDCRMUser] = []
  var teams: [RDCRMTeam] = []
  var pipelines: [RDCRMPipeline] = []
  var fields: [RDCRMField] = []
  var sources: [RDCRMNamed] = []
  var campaigns: [RDCRMNamed] = []
  var lostReasons: [RDCRMNamed] = []
  var products: [RDCRMProduct] = []
  var deals: [String: RDCRMDeal] = [:]
  var contacts: [String: RDCRMContact] = [:]
  var organizations: [String: RDCRMOrganization] = [:]
  var notes: [RDCRMNote] = []
  var webhooks: [RDCRMWebhook] = []
  var login: RDCRMLogin
  /// `free`, `basic`, `pro` or `advanced`.
  var plan = "pro"
  var calls = RDQuotas.Window(start: Timestamp(milliseconds: 0), usage: 0)
  var generator: SeededGenerator
  private var lastChange = Timestamp(milliseconds: 0)

  init(account: String, now: Timestamp) {
    let seed = account.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    generator = SeededGenerator(seed: seed ^ UInt64(bitPattern: now.milliseconds), stream: 2)
    login = RDCRMLogin()
    login.refreshToken = newSecret(32)
    furnish(account, now)
  }

  /// 24 hexadecimal digits.
  mutating func newID() -> String { newSecret(24) }

  mutating func newSecret(_ digits: Int) -> String {
    let hex = Array("0123456789abcdef")
    return String((0..<digits).map { _ in hex[generator.number(0...15)] })
  }

  /// The time of a change: later than that of every change before it.
  mutating func tick(_ now: Timestamp) -> Timestamp {
    lastChange = max(now, lastChange.adding(milliseconds: 1))
    return lastChange
  }

  func stage(_ id: String?) -> (pipeline: RDCRMPipeline, stage: RDCRMStage)? {
    for pipeline in pipelines {
      if let stage = pipeline.stages.first(where: { $0.id == id }) { return (pipeline, stage) }
    }
    return nil
  }

  func user(_ id: String?) -> RDCRMUser? { users.first { $0.id == id } }

  /// Whether that user may see what belongs to `owner`.
  func sees(_ user: RDCRMUser, _ owner: String) -> Bool {
    switch user.visibility {
    case .all: true
    case .restricted: owner == user.id
    case .team:
      owner == user.id
        || teams.contains { $0.userIDs.contains(user.id) && $0.userIDs.contains(owner) }
    }
  }

  /// Changes a deal and dates the change; false when there is none.
  @discardableResult
  mutating func change(
    deal id: String,
    at now: Timestamp,
    _ change: (inout RDCRMDeal) -> Void
  ) -> Bool {
    guard var deal = deals[id] else { return false }
    let before = deal
    change(&deal)
    guard deal != before else { return true }
    deal.updatedAt = tick(now)
    deals[id] = deal
    return true
  }
}
