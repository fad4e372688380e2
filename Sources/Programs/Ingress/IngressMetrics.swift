import Leads
import Metrics

/// What ingress shows of itself.
///
/// | metric | kind | labels | says |
/// | --- | --- | --- | --- |
/// | `ingress_requests_total` | counter | route, status | traffic and refusals |
/// | `ingress_request_duration_seconds` | recorder | – | from the head to the answer |
/// | `ingress_connections_refused_total` | counter | – | closed at once, because too many were open |
/// | `ingress_publish_batch_size` | recorder | – | requests that shared a confirm window |
struct IngressMetrics: Sendable {
  private static let statuses = [202, 204, 400, 401, 404, 405, 408, 413, 415, 429, 503]
  private let answers: [String: [Int: Counter]]
  private let duration = Recorder(label: "ingress_request_duration_seconds")

  init() {
    var answers: [String: [Int: Counter]] = [:]
    for route in HookToken.Kind.allCases.map(\.rawValue) + ["unknown"] {
      for status in Self.statuses {
        answers[route, default: [:]][status] = Counter(
          label: "ingress_requests_total",
          dimensions: [("route", route), ("status", "\(status)")]
        )
      }
    }
    self.answers = answers
  }

  func answered(_ status: Int, kind: HookToken.Kind?, after time: Duration) {
    answers[kind?.rawValue ?? "unknown"]?[status]?.increment()
    duration.record(time / .seconds(1))
  }
}
