private import StrictJSON

/// What `/livez`, `/readyz` and `/metrics` answer, apart from how it is carried.
package struct HealthPages: Sendable {
  package struct Page: Sendable, Hashable {
    package let status: Int
    package let contentType: String
    package let body: String
  }

  private let metrics: PrometheusRegistry
  private let liveness: @Sendable () async -> Bool
  private let readiness: @Sendable () async -> [ReadinessCheck]

  /// - Parameters:
  ///   - metrics: What `/metrics` shows, beside the process's own.
  ///   - liveness: False only when a restart would help: never because the broker or the database is
  ///     away.
  ///   - readiness: Asked for every request; must answer at once.
  package init(
    metrics: PrometheusRegistry,
    liveness: @escaping @Sendable () async -> Bool = { true },
    readiness: @escaping @Sendable () async -> [ReadinessCheck]
  ) {
    self.metrics = metrics
    self.liveness = liveness
    self.readiness = readiness
  }

  package func page(_ path: String) async -> Page {
    switch path {
    case "/livez": await live()
    case "/readyz": await ready()
    case "/metrics":
      Page(
        status: 200,
        contentType: "text/plain; version=0.0.4; charset=utf-8",
        body: metrics.text() + (ProcessMetrics.current()?.text ?? "")
      )
    default:
      problem(404, "Not found", "Here are /livez, /readyz and /metrics.")
    }
  }

  private func live() async -> Page {
    guard await liveness() else {
      return problem(503, "Stalled", "Work is in hand and none of it ends; restart the program.")
    }
    return Page(status: 200, contentType: "text/plain", body: "live\n")
  }

  private func ready() async -> Page {
    let all = await readiness()
    let failing = all.filter { !$0.isReady }
    guard !failing.isEmpty else {
      let lines = ["ready"] + all.compactMap(\.note)
      let body = lines.map { "\($0)\n" }.joined()
      return Page(status: 200, contentType: "text/plain", body: body)
    }
    let checks = failing.map { check -> JSON in
      ["name": .string(check.name), "detail": .string(check.detail)]
    }
    return problem(
      503,
      "Not ready",
      "Failing: \(failing.map(\.name).joined(separator: ", ")).",
      [("failing", .array(checks))]
    )
  }

  private func problem(
    _ status: Int,
    _ title: String,
    _ detail: String,
    _ extra: [(String, JSON)] = []
  ) -> Page {
    let problem = ProblemDetails(status: status, title: title, detail: detail, extra: extra)
    return Page(
      status: status,
      contentType: ProblemDetails.contentType,
      body: problem.json.text + "\n"
    )
  }
}
