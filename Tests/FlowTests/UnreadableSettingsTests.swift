import Belt
import Leads
import Postgres
import TestKit
import Testing

/// Settings that this program cannot read, as of an older or newer one.
@Suite(.timeLimit(.minutes(2)))
struct UnreadableSettingsTests {
  /// The same message at each stage for both integrations, as far as the belt carries it.
  private func messages(_ belt: Belt) async throws -> [[Message]] {
    var acme = Webhooks(seed: 1, integration: "acme")
    var beta = Webhooks(seed: 2, integration: "beta")
    let webhooks = [acme.conversion(1), beta.conversion(1)]
    let imported = try await belt.follows(.leadImporter, webhooks)
    let centralized = try await belt.follows(.centralizer, imported)
    let created = try await belt.follows(.opportunityCreator, centralized)
    return [[acme.conversion(2), beta.conversion(2)]]
      + Dictionary(grouping: created, by: \.stage).values
  }

  @Test(arguments: ["{crm}", "{triggers}"])
  func `they hold their own integration, which goes on by itself once they are applied again`(
    _ member: String
  ) async throws {
    try await withBelt { belt in
      for name in ["acme", "beta"] { try await belt.apply(.flow(name)) }
      let batches = try await messages(belt)
      #expect(batches.count == 3)
      try await belt.pool.run(
        """
        update integration_config set document = jsonb_set(document, \(member)::text[], '"x"')
        where integration_id = 'acme'
        """
      )
      // No process knows the readable ones any more.
      try await belt.pool.run("update integration_config set version = version + 1")
      try await belt.pool.run("update integration set config_version = config_version + 1")
      for batch in batches {
        let rest = try await belt.run(batch)
        let held = batch.filter { $0.integration == "acme" }
        #expect(rest.waiting.map(\.message.id) == held.map(\.id))
        #expect(Set(rest.waiting.map(\.reason.code)) == ["settings_unreadable"])
        #expect(rest.rejected.isEmpty)
        for outcome in try await belt.handler(try #require(Flow(rawValue: batch[0].stage)))
          .handle(held)
        { #expect(outcome.name == "snooze") }
      }
      #expect(
        try await belt.count("select count(*) from journey where code = 'settings_unreadable'") > 0
      )
      try await belt.apply(.flow("acme") { $0.leadNameAsCompany = true })
      for batch in batches {
        let rest = try await belt.run(batch)
        #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      }
    }
  }
}
