internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// RD Station CRM, in memory, under the prefix `/rdcrm`: v1 at `/api/v1`, v2 at `/crm/v2`.
///
/// The contract is the reference on RD Station CRM; where it says that its sources disagree, there is a
/// switch in ``RDCRMSettings``.
final class RDCRMSimulator: Sendable {
  let ledger: Ledger
  let poster: WebhookPoster
  let work: BackgroundWork
  let now: @Sendable () -> Timestamp
  let settings = RunningSettings(RDCRMSettings())
  private let accounts: Accounts<RDCRMAccount>

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
    accounts = Accounts { RDCRMAccount(name: $0, now: now()) }
  }

  /// The account of that name, made on its first use.
  func account(_ name: String) -> RDCRMAccount { accounts.account(name) }

  /// The account for which a look gives something; tokens do not name theirs.
  func first<Found>(_ look: (inout RDCRMBooks) -> Found?) -> (RDCRMAccount, Found)? {
    for account in accounts.all {
      if let found = account.books.withLock({ look(&$0) }) { return (account, found) }
    }
    return nil
  }

  func record(
    _ effect: String,
    _ account: RDCRMAccount,
    identifier: String? = nil,
    marker: String? = nil,
    value: JSON = .null,
    status: String = "done"
  ) {
    ledger.append(
      Ledger.Entry(
        system: "rdcrm",
        account: account.name,
        effect: effect,
        identifier: identifier,
        marker: marker,
        value: value,
        status: status
      )
    )
  }

  func addRoutes(to group: RouterGroup<SandboxContext>, faults: FaultPlan) {
    settings.addRoutes(to: group)
    addScreenRoutes(to: group)
    let api = group.group().add(
      middleware: FaultMiddleware(
        plan: faults,
        answers: RDCRMFaultAnswers(crm: self),
        late: LateCommits(http: poster.http, work: work)
      )
    )
    let v1 = api.group("api/v1")
    addTokenCheck(to: v1)
    addDealRoutes(to: v1)
    addContactRoutes(to: v1)
    addOrganizationRoutes(to: v1)
    addProductRoutes(to: v1)
    addNoteRoutes(to: v1)
    addListRoutes(to: v1)
    addFieldRoutes(to: v1)
    addWebhookRoutes(to: v1)
    addOAuthRoutes(to: api)
    addV2Routes(to: api.group("crm/v2"))
  }
}
