internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// RD Station Marketing, in memory, under the prefix `/rd`.
///
/// One file per resource; a new one adds its routes in `addRoutes`. Where RD's documents are silent
/// the file says what is assumed.
final class RDSimulator: Sendable {
  static let clientID = "sandbox-client"
  static let clientSecret = "sandbox-secret"

  let ledger: Ledger
  let poster: WebhookPoster
  let work: BackgroundWork
  let now: @Sendable () -> Timestamp
  let settings = RunningSettings(RDSettings())
  let runs = Mutex<[String: LeadRun]>([:])
  /// What people did: converted on a form, marked somebody by hand; never what came through the API.
  let acts = LineLog()
  /// Every webhook that came to its end, with how it was answered.
  let deliveries = LineLog()
  private let accounts: Accounts<RDAccount>

  init(
    ledger: Ledger,
    poster: WebhookPoster,
    work: BackgroundWork,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.ledger = ledger
    self.poster = poster
    self.work = work
    self.now = now
    accounts = Accounts { RDAccount(name: $0) }
  }

  /// The account of that name, made on its first use.
  func account(_ name: String) -> RDAccount { accounts.account(name) }

  func record(
    _ effect: String,
    account: RDAccount,
    contact: String? = nil,
    identifier: String? = nil,
    marker: String? = nil,
    value: JSON = .null,
    status: String = "done"
  ) {
    ledger.append(
      Ledger.Entry(
        system: "rd",
        account: account.name,
        effect: effect,
        contact: contact,
        identifier: identifier,
        marker: marker,
        value: value,
        status: status
      )
    )
  }

  func addRoutes(to group: RouterGroup<SandboxContext>, faults: FaultPlan) {
    settings.addRoutes(to: group)
    addScreenWebhookRoutes(to: group)
    addScreenActRoutes(to: group)
    addDeliveryRoutes(to: group)
    addSimulationRoutes(to: group)
    let api = group.group().add(
      middleware: FaultMiddleware(
        plan: faults,
        answers: RDFaultAnswers(rd: self),
        late: LateCommits(http: poster.http, work: work)
      )
    )
    addTokenRoutes(to: api)
    addAccountRoutes(to: api)
    addFieldRoutes(to: api)
    addContactRoutes(to: api)
    addTagRoutes(to: api)
    addFunnelRoutes(to: api)
    addHistoryRoutes(to: api)
    addEventRoutes(to: api)
    addSubscriptionRoutes(to: api)
  }
}
