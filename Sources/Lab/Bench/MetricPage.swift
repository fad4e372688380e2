import AsyncHTTPClient
import NIOCore
import Operations

/// What a program showed at `/metrics` at one moment.
struct MetricPage: Sendable, Hashable {
  private var series: [Substring: Double] = [:]

  /// Reads Prometheus' text format as our programs write it; other lines are left out.
  init(_ text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " "),
        let value = Double(line[line.index(after: space)...])
      else { continue }
      series[line[..<space]] = value
    }
  }

  /// The sum of all series of a name that have a label, such as `outcome="done"`.
  ///
  /// - Throws: ``Refusal`` when there is no such series: what is not measured is not zero.
  func sum(of name: String, with label: String = "") throws -> Double {
    let all = series.filter { one in
      let isNamed = one.key == name[...] || one.key.hasPrefix(name + "{")
      return isNamed && (label.isEmpty || one.key.contains(label))
    }
    guard !all.isEmpty else {
      throw Refusal(.failed, "metric_missing", "no program shows \(name) \(label)")
    }
    return all.values.reduce(0, +)
  }

  /// Asks a program by host:port of its health pages, for at most 5 s.
  static func read(from address: String) async throws -> MetricPage {
    let url = "http://\(address)/metrics"
    do {
      let answer = try await HTTPClient.shared.execute(
        HTTPClientRequest(url: url),
        timeout: .seconds(5)
      )
      return MetricPage(String(buffer: try await answer.body.collect(upTo: 4 << 20)))
    } catch {
      throw Refusal(
        .failed,
        "program_down",
        "\(url) gave no answer; is the fleet up? deploy/up starts it"
      )
    }
  }
}
