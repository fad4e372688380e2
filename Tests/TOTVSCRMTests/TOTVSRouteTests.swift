import Hummingbird
import Logging
import OutsideCalls
import Testing

@testable import Sandbox
@testable import TOTVSCRM

/// The sandbox plays what we call, and nothing that is called is played by nobody.
struct TOTVSRouteTests {
  /// What the sandbox plays beside our adapter: what other clients of TOTVS CRM use.
  private static let ofOthers: Set<String> = [
    "DELETE /api/integration", "GET /api/v11/{service}/{collection}/{id}",
  ]

  private static func played() async throws -> Set<String> {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
    let router = Router(context: SandboxContext.self)
    server.totvs.addRoutes(to: router.group(), faults: server.faults)
    let routes = router.routes.map { route in
      let path = "\(route.path)".replacing(/[:]([a-z]+)/) { "{\($0.output.1)}" }
      return "\(route.method.rawValue) \(path.hasPrefix("/") ? "" : "/")\(path)"
    }
    try await server.shutdown()
    return Set(routes.filter { !$0.contains("/screen/") && !$0.contains("/settings") })
  }

  @Test func `what is called is what is played, or is another client's`() async throws {
    let called = Set(TOTVSRoutes.patterns.map(\.description))
    #expect(try await Self.played() == called.union(Self.ofOthers))
  }

  @Test func `every resource of the adapter is played, in that version`() {
    for resource in TOTVSResource.all {
      let table = TenantTable(service: resource.service, resource: resource.resource)
      #expect(table.map { "v\($0.version)" } == resource.version, "\(resource)")
    }
    // Customers belong to the ERP, and a loss is read with its reason's words.
    #expect(TOTVSResource.all.count == TenantTable.allCases.count - 2)
  }
}
