import Leads
import Belt
import StrictJSON
import Testing

@testable import RDStation

/// The client against the simulator, over real HTTP.
@Suite(.timeLimit(.minutes(1)))
struct RDStationClientTests {
  let ana = "ana.prado+crm@exemplo.com.br"

  @Test func `a conversion is found again in the history by its marker`() async throws {
    try await withSandbox { sandbox async throws in
      for index in 0..<23 {
        try await sandbox.client.send(
          [
            .conversion(
              email: ana,
              identifier: "venda-gerada",
              marker: "effect-\(index)",
              fields: [:]
            )
          ],
          for: "acme"
        )
      }
      let byEmail = try await sandbox.client.conversions(of: .email(ana), for: "acme").events
      #expect(byEmail.map(\.marker) == (0..<23).reversed().map { "effect-\($0)" })
      #expect(byEmail.first?.identifier == "venda-gerada")
      let contact = try #require(
        await sandbox.client.contact(.email(ana.uppercased()), for: "acme")
      )
      let newest = try await sandbox.client.conversions(
        of: .uuid(contact.uuid),
        for: "acme",
        limit: 12
      )
      #expect(newest.events == Array(byEmail.prefix(12)))
    }
  }

  @Test func `one call carries several events and the sale keeps its digits`() async throws {
    try await withSandbox { sandbox async throws in
      let conversion = RDEvent.conversion(
        email: ana,
        identifier: "c",
        marker: "m",
        fields: ["name": "Ana", "cf_inexistente": "x"]
      )
      try await sandbox.client.send([conversion], for: "acme")
      try await sandbox.client.send(
        [
          .opportunity(email: ana), .sale(email: ana, value: "12345678.90"),
          .lost(email: ana, reason: "Preço"),
        ],
        for: "acme"
      )
      #expect(
        try sandbox.effects() == ["conversion:done", "opportunity:done", "sale:done", "lost:done"]
      )
      let ledger = try sandbox.ledger()
      #expect(
        ledger.first { $0["effect"] == "sale" }?["value"] == .number("12345678.90")
      )
      #expect(ledger.first { $0["effect"] == "lost" }?["value"] == "Preço")
      let funnel = try await sandbox.client.funnel(of: .email(ana), for: "acme")
      #expect(funnel?.opportunity == false)
    }
  }

  @Test func `a batch with one refused event leaves nothing behind`() async throws {
    try await withSandbox { sandbox async throws in
      let bad = RDEvent.conversion(email: ana, identifier: "", marker: "m", fields: [:])
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([.opportunity(email: ana), bad], for: "acme")
      }
      #expect(
        error?.cause
          == .refused(type: "CANNOT_BE_NULL", path: "$.payload.conversion_identifier")
      )
      #expect(error?.meaning == .refused)
      #expect(try sandbox.effects().isEmpty)
    }
  }

  @Test func `a sale above the limit makes no call, not even for the events beside it`()
    async throws
  {
    try await withSandbox { sandbox async throws in
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send(
          [.opportunity(email: ana), .sale(email: ana, value: "99999999.01")],
          for: "acme"
        )
      }
      #expect(error?.reason.code == "rd_sale_value_over_limit")
      #expect(await sandbox.tokens.refreshes == 0)
    }
  }

  @Test func `events over the body limit make no call`() async throws {
    try await withSandbox { sandbox async throws in
      let large = RDEvent.conversion(
        email: ana,
        identifier: "c",
        marker: "m",
        fields: ["bio": String(repeating: "x", count: 200_001)]
      )
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([large], for: "acme")
      }
      #expect(error?.reason.code == "rd_event_too_large")
      #expect(await sandbox.tokens.refreshes == 0)
    }
  }

  @Test func `an unknown contact is nil, and has no history`() async throws {
    try await withSandbox { sandbox async throws in
      #expect(try await sandbox.client.contact(.email(ana), for: "acme") == nil)
      #expect(try await sandbox.client.funnel(of: .email(ana), for: "acme") == nil)
      #expect(try await sandbox.client.conversions(of: .email(ana), for: "acme").events.isEmpty)
      #expect(try await sandbox.client.conversions(of: .uuid("none"), for: "acme").events.isEmpty)
    }
  }

  @Test func `replacing tags leaves only the new ones`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.replaceTags(["A", "b", "B"], of: .email(ana), for: "acme")
      try await sandbox.client.replaceTags(["C"], of: .email(ana), for: "acme")
      #expect(try await sandbox.client.contact(.email(ana), for: "acme")?.tags == ["c"])
      try await sandbox.client.replaceTags([], of: .email(ana), for: "acme")
      #expect(try await sandbox.client.contact(.email(ana), for: "acme")?.tags == [])
    }
  }

  @Test func `the lifecycle stage is set and leaves the rest`() async throws {
    try await withSandbox { sandbox async throws in
      let client = sandbox.client
      try await client.updateContact(.email(ana), fields: ["name": "Ana"], for: "acme")
      try await client.send([.opportunity(email: ana)], for: "acme")
      try await client.setLifecycleStage(.qualifiedLead, of: .email(ana), for: "acme")
      let funnel = try #require(await client.funnel(of: .email(ana), for: "acme"))
      #expect(funnel.lifecycleStage == .qualifiedLead)
      #expect(funnel.opportunity)
      #expect(try sandbox.effects().filter { $0 == "funnel:done" }.count == 1)
    }
  }

  @Test func `an unknown contact by its own id is refused`() async throws {
    try await withSandbox { sandbox async throws in
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.updateContact(.uuid("none"), fields: ["name": "x"], for: "acme")
      }
      #expect(error?.cause == .notFound)
      #expect(error?.status == 404)
    }
  }

  @Test func `the loss reason goes into a custom field`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.updateContact(
        .email(ana),
        fields: ["cf_motivo_de_perda_no_crm": "Preço"],
        for: "acme"
      )
      let contact = try await sandbox.client.contact(.email(ana), for: "acme")
      #expect(contact?.fields["cf_motivo_de_perda_no_crm"] == "Preço")
    }
  }

  @Test func `a field that the account lacks is refused by name of its error`() async throws {
    try await withSandbox { sandbox async throws in
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.updateContact(
          .email(ana),
          fields: ["cf_apelido": "x"],
          for: "acme"
        )
      }
      #expect(error?.cause == .refused(type: "INVALID_FIELDS", path: nil))
    }
  }

  @Test func `two accounts never see each other's contacts`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.updateContact(.email(ana), fields: ["name": "Ana"], for: "acme")
      #expect(try await sandbox.client.contact(.email(ana), for: "beta") == nil)
    }
  }
}
