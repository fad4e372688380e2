import BeltStorage
import Leads
import Postgres
import TestKit
import Samples
import Testing

@testable import Operations

@Suite struct SettingsStoreTests {
  @Test func `a new document creates the integration with version 1 and an audit row`() async throws
  {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    let applied = try await store.apply(.sample(), source: "yaml", actor: "test")
    #expect(applied == .init(change: .created, version: 1, previous: nil))
    let current = try #require(try await store.current("acme"))
    #expect(current.settings == .sample())
    #expect(current.source == "yaml")
    #expect(current.version == 1)
    #expect(try await store.integrations() == ["acme"])
    let audit = try await pool.run("select actor, action, integration_id from audit")
    #expect(try audit.map { try $0.string(1) } == ["settings.created"])
    await pool.shutdown()
  }

  @Test func `the same document again makes no new version`() async throws {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    _ = try await store.apply(.sample(), source: "yaml", actor: "test")
    let again = try await store.apply(.sample(), source: "yaml # comment", actor: "test")
    #expect(again == .init(change: .unchanged, version: 1, previous: .sample()))
    #expect(try await store.current("acme")?.source == "yaml # comment")
    let counts = try await pool.run(
      "select (select count(*) from integration_config), (select count(*) from audit)"
    )
    #expect(try [counts[0].int(0), counts[0].int(1)] == [1, 1])
    await pool.shutdown()
  }

  @Test func `a changed document is a new version, and the old one stays readable`() async throws {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    _ = try await store.apply(.sample(), source: "one", actor: "test")
    var changed = Settings.sample()
    changed.tags = .off
    let applied = try await store.apply(changed, source: "two", actor: "test")
    #expect(applied == .init(change: .changed, version: 2, previous: .sample()))
    #expect(try await store.current("acme")?.settings == changed)
    let versions = try await pool.run("select version, source from integration_config order by 1")
    #expect(try versions.map { try $0.string(1) } == ["one", "two"])
    await pool.shutdown()
  }

  @Test func `two that apply at once make one version each`() async throws {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    try await withThrowingTaskGroup { group in
      for direction in [Settings.TagDirection.off, .both, .toCRM, .toRD] {
        group.addTask {
          var settings = Settings.sample()
          settings.tags = direction
          _ = try await store.apply(settings, source: direction.rawValue, actor: "test")
        }
      }
      try await group.waitForAll()
    }
    let versions = try await pool.run("select version from integration_config order by 1")
    #expect(try versions.map { try $0.int(0) } == [1, 2, 3, 4])
    #expect(try await store.current("acme")?.version == 4)
    await pool.shutdown()
  }

  @Test func `an integration that does not exist has no settings`() async throws {
    let pool = try await migratedPool()
    let current = try await SettingsVersions(pool: pool).current("nobody")
    #expect(current == nil)
    await pool.shutdown()
  }

  @Test func `every version is listed with who applied it, and can be read as it was written`()
    async throws
  {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    var changed = Settings.sample()
    changed.tags = .off
    _ = try await store.apply(.sample(), source: "# one", actor: "ana")
    _ = try await store.apply(changed, source: "# two", actor: "bia")
    let versions = try await store.versions(of: "acme")
    #expect(versions.map(\.number) == [2, 1])
    #expect(versions.map(\.actor) == ["bia", "ana"])
    #expect(versions.map(\.isInForce) == [true, false])
    #expect(versions.allSatisfy { $0.appliedAt.count == 20 && $0.appliedAt.hasSuffix("Z") })
    #expect(
      try await store.stored("acme", version: 1)
        == .init(version: 1, settings: .sample(), source: "# one")
    )
    #expect(
      try await store.stored("acme") == .init(version: 2, settings: changed, source: "# two")
    )
    #expect(try await store.stored("acme", version: 3) == nil)
    #expect(try await store.versions(of: "nobody") == [])
    await pool.shutdown()
  }

  @Test func `what an earlier program stored is the same document while it means the same`()
    async throws
  {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    _ = try await store.apply(.sample(), source: "yaml", actor: "test")
    try await pool.run(
      "update integration_config set document = document - 'records' - 'rd_fields' - 'variables'"
    )
    let again = try await store.apply(.sample(), source: "yaml", actor: "test")
    #expect(again == .init(change: .unchanged, version: 1, previous: .sample()))
    await pool.shutdown()
  }

  @Test func `a version that this program cannot read still shows its text`() async throws {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    _ = try await store.apply(.sample(), source: "# later", actor: "test")
    try await pool.run("update integration_config set document = document - 'triggers'")
    #expect(
      try await store.stored("acme") == .init(version: 1, settings: nil, source: "# later")
    )
    await pool.shutdown()
  }

  @Test(.behaviour("B160", "B161"))
  func `a mapping is in force as soon as it is saved, and fields can be paired later`() async throws
  {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    var settings = Settings.sample()
    settings.catalogue.fields = [CRMCatalogue.Field(name: "segmento")]
    settings.fields = [FieldMapping(crm: "segmento", rd: "cf_segmento", fallback: nil)]
    _ = try await store.apply(settings, source: "one", actor: "test")
    #expect(try await store.integrations() == ["acme"])
    #expect(try await store.current("acme")?.settings.fields == settings.fields)
    settings.catalogue.fields.append(CRMCatalogue.Field(record: .contact, name: "cargo"))
    settings.rdFields = [RDField(name: "cf_cargo", type: .text)]
    settings.fields.append(
      FieldMapping(record: .contact, crm: "cargo", rd: "cf_cargo", fallback: nil)
    )
    let applied = try await store.apply(settings, source: "two", actor: "test")
    #expect(applied.version == 2)
    #expect(try await store.current("acme")?.settings.fields.count == 2)
    await pool.shutdown()
  }
}
