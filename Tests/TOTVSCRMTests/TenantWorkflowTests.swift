import Belt
import Hummingbird
import Leads
import Logging
import NIOCore
import NIOHTTP1
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Sandbox
@testable import TOTVSCRM

/// Workflows post what changed, whoever changed it.
@Suite(.timeLimit(.minutes(1)))
struct TenantWorkflowTests {
  /// Runs the body with an address that takes webhooks, and a stream of them.
  private func withReceiver(
    _ body: @Sendable (_ url: String, _ hooks: AsyncStream<[UInt8]>) async throws -> Void
  ) async throws {
    let (hooks, arrival) = AsyncStream.makeStream(of: [UInt8].self)
    let router = Router()
    router.post("/") { request, _ in
      arrival.yield(Array(try await request.body.collect(upTo: 1 << 20).readableBytesView))
      return Response(status: .ok)
    }
    try await withServer { announce in
      Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await announce($0.localAddress?.port ?? 0) },
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    } body: { port in
      try await body("http://127.0.0.1:\(port)", hooks)
    }
  }

  private func addWorkflow(_ trigger: String, _ url: String, _ running: RunningTenant) async throws
  {
    let body: JSON = ["account": "acme", "trigger": .string(trigger), "url": .string(url)]
    #expect(try await running.call(.POST, "/screen/workflows", body).status == 201)
  }

  @Test func `a sale fires won and updated, and both read as one state`() async throws {
    try await withReceiver { url, hooks async throws in
      try await withTenant { running async throws in
        for trigger in ["won", "updated"] { try await addWorkflow(trigger, url, running) }
        let draft = OpportunityDraft.sample { $0.contact = nil }
        let record = try #require(await running.crm.create([draft]).first).get()
        let act: JSON = ["account": "acme", "act": "win", "text": "1500.5"]
        let path = "/screen/opportunities/\(record.id)"
        #expect(try await running.call(.POST, path, act).status == 200)
        var seen: [String] = []
        for await hook in hooks {
          #expect(try running.crm.changes(in: hook) == [CRMChange(.opportunity, record)])
          let state = try #require(await running.crm.read([record]).first).get()
          #expect(state?.status == .won && state?.value == "1500.50")
          seen.append(try JSON(parsing: hook)["trigger"]?["description"]?.string ?? "")
          if seen.count == 2 { break }
        }
        #expect(seen == ["Opportunity won", "Opportunity updated"])
      }
    }
  }

  /// So the statusRD loop goes through the CRM, and ends where nothing is changed.
  @Test func `our own write of statusRD comes back once, and a repeated one not at all`()
    async throws
  {
    try await withReceiver { url, hooks async throws in
      try await withTenant { running async throws in
        try await addWorkflow("updated", url, running)
        let draft = OpportunityDraft.sample { $0.contact = nil }
        let record = try #require(await running.crm.create([draft]).first).get()
        func write(_ text: String) async throws {
          let field = FieldValue(name: "statusRD", value: text)
          let revision = OpportunityRevision(record: record, fields: [field], history: [])
          try await running.crm.revise([revision]).forEach { try $0.get() }
        }
        let before = try #require(await running.crm.read([record]).first).get()
        for text in ["ERRO;tentativa=1", "ERRO;tentativa=1", "FALHA"] { try await write(text) }
        var count = 0
        for await hook in hooks {
          #expect(try running.crm.changes(in: hook) == [CRMChange(.opportunity, record)])
          count += 1
          if count == 2 { break }
        }
        let after = try #require(await running.crm.read([record]).first).get()
        #expect(after?.status == before?.status && after?.value == before?.value)
        #expect(after?.version == 3)
      }
    }
  }
}
