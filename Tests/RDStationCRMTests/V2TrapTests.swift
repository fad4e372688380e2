import Belt
import Leads
import OutsideCalls
import SandboxLeads
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// The traps of v2, by the reference's section 9.
@Suite(.timeLimit(.minutes(2)))
struct V2TrapTests {
  @Test func `the contact and the value are written with the deal`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v2)
      let ana = try await crm.put([.person("ana@exemplo.com.br")])[0].get()
      var draft = OpportunityDraft.draft("one", contact: ana)
      draft.fields = [FieldValue(name: "Valor", value: "1234.50")]
      let deal = try await crm.create([draft])[0].get()
      #expect(running.read { $0.deals[deal.id]?.contactIDs } == [ana.id])
      #expect(try await crm.read([deal])[0].get()?.value == "1234.50")
      #expect(try running.effects() == ["contact.create", "deal.create"])
    }
  }

  @Test func `pages are had by number, since the links lead nowhere`() async throws {
    try await withCRM { running async throws in
      running.change { books in
        for number in 0..<450 {
          var organization = RDCRMOrganization(
            id: "66a0\(number)",
            name: "Loja \(number)",
            userID: books.users[0].id,
            createdAt: .init(milliseconds: Int64(number)),
            updatedAt: .init(milliseconds: Int64(number))
          )
          organization.name = number == 449 ? "Loja do Ipê" : organization.name
          books.organizations[organization.id] = organization
        }
      }
      let found = try await running.crm(.v2).put([.company("Loja do Ipê")])[0].get()
      #expect(found.id == "66a0449")
    }
  }

  @Test func `a name that stands already is found again after the refusal`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v2)
      let known = try running.simulator.perform(
        .addOrganization(name: "Ipê"),
        in: running.account
      )
      // The first look is too early to see it.
      running.set(
        faults: [
          [
            "route": "GET *organizations", "kind": "search_lag", "milliseconds": 60_000, "times": 2,
          ]
        ]
      )
      #expect(try await crm.put([.company("Ipê")])[0].get().id == known)
      #expect(running.read(\.organizations.count) == 1)
    }
  }

  @Test func `a refresh token is used once, and the one that came with it goes on`() async throws {
    try await withCRM { running async throws in
      let grants = RollingGrants(http: running.http, baseURL: running.root + "/rdcrm")
      let first = running.read(\.login.refreshToken)
      func refresh(_ token: String) async throws -> TokenGrant {
        try await grants.refresh(
          clientID: "sandbox-client",
          clientSecret: "sandbox-secret",
          refreshToken: token
        )
      }
      let grant = try await refresh(first)
      #expect(try await grants.account(openedBy: grant.accessToken) == nil)
      _ = try await refresh(grant.refreshToken)
      let error = await #expect(throws: CallError.self) { try await refresh(first) }
      #expect(error?.meaning == .login)
    }
  }

  @Test func `a token of v2 does not open v1, and is refused there as a login`() async throws {
    try await withCRM { running async throws in
      let check = UserTokenCheck(http: running.http, baseURL: running.root + "/rdcrm")
      let token = running.read(\.users[0].token)
      #expect(try await check.account(openedBy: token) == RunningCRM.integration)
      let error = await #expect(throws: CallError.self) {
        try await check.refresh(clientID: "", clientSecret: "", refreshToken: "opaque")
      }
      #expect(error?.meaning == .login)
    }
  }

  @Test func `a text in a filter cannot end it`() {
    #expect(V2Filter("email", is: "a\"b\\c@x.br").text == #"email:"a\"b\\c@x.br""#)
    #expect(
      RDQL(V2Filter("name", "~", #"Casa "Ipê" \ Cia"#).text)?.alternatives
        == [[.init(field: "name", comparison: .contains, values: [#"Casa "Ipê" \ Cia"#])]]
    )
  }

  @Test(arguments: [
    (#"status:won and pipeline_id:66a0"#, 1, 2), ("status:won pipeline_id:66a0", 1, 2),
    ("status:(won,lost) or -rating:1", 2, 1), (#"updated_at:>="2026-03-01 00:00:00""#, 1, 1),
  ])
  func `a filter is read by its alternatives and conditions`(
    text: String,
    alternatives: Int,
    first: Int
  ) {
    let filter = RDQL(text)
    #expect(filter?.alternatives.count == alternatives)
    #expect(filter?.alternatives.first?.count == first)
  }
}
