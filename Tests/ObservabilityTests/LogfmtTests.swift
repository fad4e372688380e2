import Logging
import Observability
import Synchronization
import Testing

struct LogfmtTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private let lines = Lines()

  private func logger(_ level: Logger.Level = .info) -> Logger {
    let lines = self.lines
    return Logger(label: "x") { _ in
      LogfmtHandler(program: "esteira-ingress", level: level) { line in
        lines.all.withLock { $0.append(line) }
      }
    }
  }

  private var first: String { lines.all.withLock { $0.first ?? "" } }

  @Test func `an entry is one line of keys and values`() throws {
    logger().info("hook answered", metadata: ["status": "202", "integration.id": "acme"])
    let line = first
    #expect(line.hasSuffix("msg=\"hook answered\" integration.id=acme status=202\n"))
    #expect(line.contains(" level=info program=esteira-ingress "))
    #expect(line.prefixMatch(of: #/time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#) != nil)
  }

  @Test func `what comes from outside cannot begin a line of its own`() {
    logger().info("x", metadata: ["error": "a\nlevel=critical \"b\" \u{1B}[31m"])
    #expect(first.hasSuffix("error=\"a\\nlevel=critical \\\"b\\\" \u{FFFD}[31m\"\n"))
    #expect(first.split(separator: "\n").count == 1)
  }

  @Test func `what is below the level is not written`() {
    logger(.warning).info("x")
    #expect(first == "")
  }
}
