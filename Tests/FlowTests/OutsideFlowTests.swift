import Belt
import BeltStorage
import Leads
import Operations
import OutsideCalls
import Postgres
import RDStation
import SettingsDocument
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// The CRMs outside, the way a customer has them: from the document to the opportunity there, and from the
/// seller's sale back to RD Station.
@Suite(.timeLimit(.minutes(3)))
struct OutsideFlowTests {
  /// Of a person whom RD Station knows.
  private func marked(_ belt: Belt) async throws -> [Message] {
    let person = RDContactID.email("pessoa1@exemplo.com.br")
    try await belt.client.updateContact(person, fields: ["name": "Pessoa"], for: "acme")
    let id = try await belt.client.contact(person, for: "acme")?.uuid
    var webhooks = Webhooks()
    return [webhooks.conversion(1, tags: [], type: "WEBHOOK.MARKED_OPPORTUNITY", uuid: id)]
  }

  @Test(arguments: OutsideVendor.allCases)
  func `a lead becomes one opportunity there, and its sale is told once`(vendor: OutsideVendor)
    async throws
  {
    try await withBelt(reachingOutside: true) { belt in
      let applied = try await belt.apply(vendor.document(), vendor.environment(belt))
      #expect(applied.crmLogin == .replaced(account: applied.crmLogin?.account))
      let lead = try await marked(belt)
      let rest = try await belt.run(lead, deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty, "\(rest)")
      let deal = try #require(try vendor.opportunities(belt).first)
      #expect(try vendor.opportunities(belt).count == 1)
      #expect(try await belt.count("select count(*) from opportunity where crm_id = \(deal)") == 1)
      #expect(
        try await belt.count("select count(*) from contact where crm_id is not null") == 1
      )
      try await vendor.win(deal, belt)
      for number in 1...2 {
        let told = try await belt.run([belt.hook(vendor.hook(of: deal), number: number)])
        #expect(told.waiting.isEmpty && told.rejected.isEmpty, "\(told)")
      }
      #expect(try belt.ledger("sale").count == 1)
      #expect(try vendor.opportunities(belt).count == 1)
    }
  }

  @Test(arguments: OutsideVendor.allCases)
  func `tags that a seller changes there come to RD Station`(vendor: OutsideVendor) async throws {
    try await withBelt(reachingOutside: true) { belt in
      try await belt.apply(vendor.document(), vendor.environment(belt))
      try await belt.run(try await marked(belt))
      let deal = try #require(try vendor.opportunities(belt).first)
      try await vendor.tag(deal, ["feira", "vip"], belt)
      let told = try await belt.run([belt.hook(vendor.hook(of: deal), number: 1)])
      #expect(told.waiting.isEmpty && told.rejected.isEmpty, "\(told)")
      let contact = try await belt.client.contact(.email("pessoa1@exemplo.com.br"), for: "acme")
      #expect(contact.map { Set($0.tags) } == ["feira", "vip"])
    }
  }

  @Test(arguments: OutsideVendor.allCases)
  func `a login that the CRM refuses changes nothing`(vendor: OutsideVendor) async throws {
    try await withBelt(reachingOutside: true) { belt in
      var environment = vendor.environment(belt)
      for name in ["T", "R", "P", "K"] { environment[name] = "wrong" }
      let refusal = await #expect(throws: LoginRefusal.self) {
        try await belt.apply(vendor.document(), environment)
      }
      guard case .refused(let system)? = refusal else {
        Issue.record("\(String(describing: refusal))")
        return
      }
      #expect(refusal?.description.contains(system.name) == true)
      let kept = try await belt.count(
        "select (select count(*) from integration) + (select count(*) from credential)"
      )
      #expect(kept == 0)
    }
  }

  @Test(arguments: OutsideVendor.allCases)
  func
    `a name that the CRM does not have is refused with the nearest one, and the login can be given again`(
      vendor: OutsideVendor
    ) async throws
  {
    try await withBelt(reachingOutside: true) { belt in
      let environment = vendor.environment(belt)
      let error = await #expect(throws: SettingsDocumentError.self) {
        try await belt.apply(vendor.document(stage: "Nuovo"), environment)
      }
      #expect(error?.problems.map(\.path) == ["triggers[0].stage"])
      #expect(error?.problems.first?.sentence.contains("did you mean") == true)
      #expect(try await belt.count("select count(*) from integration") == 0)
      // The refresh token of v2 was spent by the trial, and what it yielded was kept.
      let applied = try await belt.apply(vendor.document(), environment)
      #expect(applied.change == .created)
      #expect(try await belt.apply(vendor.document(), environment).change == .unchanged)
    }
  }

  @Test func `a plan uses the stored login only`() async throws {
    try await withBelt(reachingOutside: true) { belt in
      let vendor = OutsideVendor.rdStationCRM2
      let environment = vendor.environment(belt)
      let document = try SettingsDocument(yaml: vendor.document(), file: "acme.yaml")
      let address = environment["CRM_ADDRESS"]
      let first = try await belt.fleet().plan(document, crmAddress: address)
      #expect(first.unchecked != nil && first.inForce == nil)
      #expect(try belt.ledger("token").isEmpty)
      try await belt.apply(vendor.document(), environment)
      let second = try await belt.fleet().plan(document, crmAddress: address)
      #expect(second.unchecked == nil && second.changes.isEmpty)
      // A stored login is shown to no other address.
      let moved = try await belt.fleet().plan(document, crmAddress: "http://127.0.0.1:9")
      #expect(moved.unchecked?.contains("no login for this account") == true)
      #expect(moved.changes.count == 1)
      #expect(try await belt.count("select count(*) from credential where dead_since is null") == 2)
    }
  }

  @Test(arguments: [OutsideVendor.rdStationCRM, .rdStationCRM2])
  func `RD Station CRM is made to call our hook once for each event`(vendor: OutsideVendor)
    async throws
  {
    try await withBelt(reachingOutside: true) { belt in
      try await belt.apply(vendor.document(), vendor.environment(belt))
      let fleet = try await belt.fleet()
      let url = try await fleet.registerCRMHooks(of: "acme")
      #expect(try await fleet.registerCRMHooks(of: "acme") == url)
      let account = belt.sandbox.rdCRM.account("acme")
      let called = account.books.withLock { books in books.webhooks.map(\.url) }
      #expect(called == Array(repeating: url, count: 7))
    }
  }

  @Test func `a CRM whose webhooks people make says so`() async throws {
    try await withBelt(reachingOutside: true) { belt in
      let vendor = OutsideVendor.totvs
      try await belt.apply(vendor.document(), vendor.environment(belt))
      let refusal = await #expect(throws: Operations.Refusal.self) {
        try await belt.fleet().registerCRMHooks(of: "acme")
      }
      #expect(refusal?.code == "hooks_by_hand")
    }
  }

  @Test(arguments: OutsideVendor.allCases)
  func `another login takes the place of a dead one without the document`(vendor: OutsideVendor)
    async throws
  {
    try await withBelt(reachingOutside: true) { belt in
      try await belt.apply(vendor.document(), vendor.environment(belt))
      let logins = Logins(try await belt.fleet())
      await #expect(throws: LoginRefusal.self) {
        try await logins.replaceAtCRM(of: "acme", by: .refreshToken("wrong"), actor: "test")
      }
      let report = try await logins.replaceAtCRM(
        of: "acme",
        by: .refreshToken(try await vendor.freshSecret(belt)),
        actor: "test"
      )
      #expect(report == .replaced(account: report.account))
      let rest = try await belt.run(try await marked(belt))
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty, "\(rest)")
      #expect(try vendor.opportunities(belt).count == 1)
    }
  }
}

extension LoginReport {
  fileprivate var account: String? {
    if case .replaced(let account) = self { account } else { nil }
  }
}

extension OutsideVendor {
  /// One that works, as a person gets it on the vendor's screens.
  fileprivate func freshSecret(_ belt: Belt) async throws -> String {
    let account = belt.sandbox.rdCRM.account("acme")
    switch self {
    case .rdStationCRM: return account.books.withLock { $0.users[0].token }
    case .rdStationCRM2: return account.books.withLock { $0.login.refreshToken }
    case .totvs: return "sandbox-secret"
    case .datacrm: return "sandbox-key-rdstation-acme"
    }
  }
}
