internal import Hummingbird
private import NIOCore

extension Ledger {
  /// `GET /ledger?after=SEQ`: one JSON object a line, all that follow that number.
  func addRoutes(to router: Router<SandboxContext>) {
    router.get("ledger") { request, _ in
      let after = request.query("after").flatMap { Int($0) } ?? 0
      return Response(
        status: .ok,
        headers: [.contentType: "application/x-ndjson"],
        body: ResponseBody { writer in
          var position = max(0, after)
          while true {
            let lines = self.lines(after: position, limit: 1000)
            if lines.isEmpty { break }
            try await writer.write(ByteBuffer(bytes: lines.joined()))
            position += lines.count
          }
          try await writer.finish(nil)
        }
      )
    }
  }
}
