import Hummingbird
import Logging
import OutsideCalls
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// The sandbox plays what we call, and nothing that is called is played by nobody.
struct RouteTests {
  /// What the sandbox plays beside our adapter: for a browser, for people at the screen, and what other
  /// clients of the vendor use.
  private static let ofOthers: Set<String> = [
    "GET /oauth/authorize", "GET /api/v1/deals/{id}/contacts",
    "GET /api/v1/organizations/{id}/contacts", "GET /api/v1/deal_stages",
    "POST /api/v1/deal_lost_reasons", "POST /api/v1/custom_fields",
    "PUT /api/v1/custom_fields/{id}", "DELETE /api/v1/custom_fields/{id}",
    "GET /api/v1/webhooks/{id}", "DELETE /api/v1/webhooks/{id}", "DELETE /crm/v2/webhooks/{id}",
    "POST /crm/v2/lost_reasons",
  ]

  private static let called = Set((V1Routes.patterns + V2Routes.patterns).map(\.description))

  private static func played() async throws -> Set<String> {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
    let router = Router(context: SandboxContext.self)
    server.rdCRM.addRoutes(to: router.group(), faults: server.faults)
    let routes = router.routes.map { route in
      let path = "\(route.path)".replacing(/[:]([a-z]+)/) { "{\($0.output.1)}" }
      return "\(route.method.rawValue) \(path.hasPrefix("/") ? "" : "/")\(path)"
    }
    try await server.shutdown()
    return Set(routes)
  }

  @Test func `every route of the adapter is played by the sandbox`() async throws {
    let played = try await Self.played()
    #expect(Self.called.subtracting(played).sorted() == [])
  }

  @Test func `every route that the sandbox plays is called, or is another client's`() async throws {
    let played = try await Self.played().filter { route in
      !["/screen/", "/settings"].contains { route.contains($0) }
    }
    #expect(played.subtracting(Self.called).subtracting(Self.ofOthers).sorted() == [])
    #expect(Self.ofOthers.subtracting(played).sorted() == [], "these are gone")
  }
}
