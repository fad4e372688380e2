internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

/// DataCRM, in memory, under the prefix `/datacrm`: an account's page is `/datacrm/NAME/webservice.php`.
///
/// What people do on its screens is under `/datacrm/screen`. Where the reference says that its sources
/// disagree there is a switch in ``DataCRMSettings``.
final class DataCRMSimulator: Sendable {
  let ledger: Ledger
  let poster: WebhookPoster
  let work: BackgroundWork
  let now: @Sendable () -> Timestamp
  let settings = RunningSettings(DataCRMSettings())
  private let accounts: Accounts<DataCRMAccount>

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
    accounts = Accounts { DataCRMAccount(name: $0) }
  }

  /// The account of that name, made on its first use.
  func account(_ name: String) -> DataCRMAccount { accounts.account(name) }

  /// `by`: `api` for a program, `screen` for a person.
  func record(
    _ effect: String,
    account: DataCRMAccount,
    record: DataCRMRecord? = nil,
    value: JSON = .null,
    by: String = "api"
  ) {
    ledger.append(
      Ledger.Entry(
        system: "datacrm",
        account: account.name,
        effect: effect,
        contact: record?.id,
        identifier: record?.module,
        marker: record?.values["rdstationid"].flatMap { $0.isEmpty ? nil : $0 },
        value: value,
        status: by
      )
    )
  }

  func addRoutes(to group: RouterGroup<SandboxContext>, faults: FaultPlan) {
    settings.addRoutes(to: group)
    addScreenActRoutes(to: group)
    addScreenRecordRoutes(to: group)
    addStudioRoutes(to: group)
    let api = group.group().add(
      middleware: FaultMiddleware(
        plan: faults,
        answers: DataCRMFaultAnswers(dataCRM: self),
        late: LateCommits(http: poster.http, work: work)
      )
    )
    addServiceRoutes(to: api)
  }
}
