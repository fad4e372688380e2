import OutsideCalls
import Hummingbird
import Logging
import Testing

@testable import RDStation
@testable import Sandbox

/// The sandbox plays what we call, and nothing that is called is played by nobody.
struct RDRouteTests {
  /// What the sandbox plays beside our client: for a browser, for the person at the screen, for tests, and
  /// what other clients of RD Station use.
  private static let ofOthers: Set<String> = [
    "GET /auth/dialog", "POST /auth/revoke", "POST /platform/contacts",
    "DELETE /platform/contacts/{id}", "POST /platform/contacts/{id}/tag",
    "GET /platform/contacts/fields", "POST /platform/contacts/fields",
    "PATCH /platform/contacts/fields/{id}", "DELETE /platform/contacts/fields/{id}",
    "GET /integrations/webhooks", "GET /integrations/webhooks/{id}", "POST /integrations/webhooks",
    "PUT /integrations/webhooks/{id}", "DELETE /integrations/webhooks/{id}",
  ]

  private static func played() async throws -> Set<String> {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
    let router = Router(context: SandboxContext.self)
    server.rd.addRoutes(to: router.group(), faults: server.faults)
    let routes = router.routes.map { route in
      let path = "\(route.path)".replacing(/[:]([a-z]+)/) { "{\($0.output.1)}" }
      return "\(route.method.rawValue) \(path.hasPrefix("/") ? "" : "/")\(path)"
    }
    try await server.shutdown()
    return Set(routes)
  }

  @Test func `every route of the client is played by the sandbox`() async throws {
    let played = try await Self.played()
    let called = RDRoutes.patterns.map(\.description)
    #expect(called.filter { !played.contains($0) } == [], "played: \(played.sorted())")
  }

  @Test func `every route of RD Station that the sandbox plays is called, or is another client's`()
    async throws
  {
    let screens = ["/screen/", "/simulate", "/settings", "/deliveries", "/acts"]
    let played = try await Self.played().filter { route in !screens.contains { route.contains($0) }
    }
    let called = Set(RDRoutes.patterns.map(\.description))
    #expect(played.subtracting(called).subtracting(Self.ofOthers).sorted() == [])
    #expect(Self.ofOthers.subtracting(played).sorted() == [], "these are gone")
  }
}
