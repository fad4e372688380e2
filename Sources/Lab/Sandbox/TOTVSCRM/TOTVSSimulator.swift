internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

/// TOTVS CRM, in memory, under the prefix `/totvs`: one endpoint that headers tell what to do, sessions by
/// cookie, and workflows that post what changed.
///
/// What public pages do not show is played as the reference assumes it; each file says so.
final class TOTVSSimulator: Sendable {
  let ledger: Ledger
  let poster: WebhookPoster
  let work: BackgroundWork
  let now: @Sendable () -> Timestamp
  let settings = RunningSettings(TenantSettings())
  private let tenants: Accounts<Tenant>

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
    tenants = Accounts { Tenant(name: $0, at: now()) }
  }

  /// The tenant of that name, made on its first use; nil for a name that nobody has: one that begins with
  /// `unknown`.
  func tenant(_ name: String) -> Tenant? {
    guard !name.isEmpty, !name.hasPrefix("unknown") else { return nil }
    return tenants.account(name)
  }

  func record(_ change: TenantChange, _ status: String, in tenant: Tenant) {
    guard let effect = change.table.effect else { return }
    let externalID = change.record["externalId"]?.string
    ledger.append(
      Ledger.Entry(
        system: "totvs",
        account: tenant.name,
        effect: effect,
        contact: change.record["id"]?.string,
        identifier: externalID,
        marker: externalID?.split(separator: ":").last.map(String.init),
        // The names of the fields: the ledger needs no personal data.
        value: .array(change.names.map(JSON.string)),
        status: status
      )
    )
  }

  func addRoutes(to group: RouterGroup<SandboxContext>, faults: FaultPlan) {
    settings.addRoutes(to: group)
    addScreenRoutes(to: group)
    addTenantScreenRoutes(to: group)
    let api = group.group().add(
      middleware: FaultMiddleware(
        plan: faults,
        answers: TenantFaultAnswers(simulator: self),
        late: LateCommits(http: poster.http, work: work)
      )
    )
    addLoginRoutes(to: api)
    addIntegrationRoutes(to: api)
    addNativeRoutes(to: api)
  }
}
