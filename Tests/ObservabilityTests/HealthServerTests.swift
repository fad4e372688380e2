import AsyncHTTPClient
import CoreMetrics
import Logging
import NIOCore
import NIOHTTP1
import Observability
import Synchronization
import Testing

struct HealthServerTests {
  private final class Switch: Sendable {
    let isOn = Atomic<Bool>(true)
  }

  /// A server on a free port for as long as the body takes.
  private func withServer(
    live: @escaping @Sendable () -> Bool = { true },
    checks: @escaping @Sendable () -> [ReadinessCheck],
    _ body: (String) async throws -> Void
  ) async throws {
    let registry = PrometheusRegistry()
    Counter(label: "deliveries_total", dimensions: [], factory: registry).increment()
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let server = HealthServer(
      host: "127.0.0.1",
      port: 0,
      pages: HealthPages(metrics: registry, liveness: { live() }, readiness: { checks() }),
      logger: Logger(label: "test"),
      onListening: { continuation.yield($0) }
    )
    let running = Task { try await server.run() }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    try await body("http://127.0.0.1:\(port)")
    running.cancel()
    _ = await running.result
  }

  private func get(_ url: String) async throws -> (status: Int, type: String, body: String) {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: url),
      timeout: .seconds(10)
    )
    let body = try await response.body.collect(upTo: 1 << 20)
    return (
      Int(response.status.code), response.headers.first(name: "content-type") ?? "",
      String(buffer: body)
    )
  }

  @Test(.timeLimit(.minutes(1)))
  func `live is told apart from ready, and what fails is named`() async throws {
    let broker = Switch()
    try await withServer(checks: {
      [
        ReadinessCheck("broker", isReady: broker.isOn.load(ordering: .relaxed), detail: "is away"),
        ReadinessCheck("database", isReady: true, detail: "is away", note: "spooling: 3 bodies"),
      ]
    }) { base in
      let ready = try await get("\(base)/readyz")
      #expect(ready.status == 200)
      #expect(ready.body == "ready\nspooling: 3 bodies\n")
      broker.isOn.store(false, ordering: .relaxed)
      let answer = try await get("\(base)/readyz")
      #expect(answer.status == 503)
      #expect(answer.type == "application/problem+json")
      #expect(answer.body.contains(#""failing":[{"name":"broker","detail":"is away"}]"#))
      #expect(try await get("\(base)/livez").status == 200, "a broker that is away kills nobody")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a stalled program is not live`() async throws {
    try await withServer(live: { false }, checks: { [] }) { base in
      let answer = try await get("\(base)/livez")
      #expect(answer.status == 503)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the metrics page is in Prometheus' text format`() async throws {
    try await withServer(checks: { [] }) { base in
      let answer = try await get("\(base)/metrics")
      #expect(answer.status == 200)
      #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
      #expect(answer.body.contains("deliveries_total 1\n"))
      #expect(answer.body.contains("process_resident_memory_bytes "))
      #expect(try await get("\(base)/else").status == 404)
    }
  }
}
