internal import Hummingbird

extension Ledger {
  /// `GET /ledger?after=SEQ`: one JSON object a line, all that follow that number.
  func addRoutes(to router: Router<SandboxContext>) {
    router.get("ledger") { request, _ in
      Response.lines(to: request) { self.lines(after: $0, limit: $1) }
    }
  }
}
