import Belt
import HTTPTypes

extension TraceContext {
  /// Nil without a well-formed `traceparent`, of which there is one at most.
  init?(_ headers: HTTPFields) {
    let parents = headers[values: Self.traceparent]
    guard parents.count == 1 else { return nil }
    let states = headers[values: Self.tracestate]
    self.init(
      traceparent: parents[0],
      tracestate: states.isEmpty ? nil : states.joined(separator: ",")
    )
  }

  private static let traceparent = name("traceparent")
  private static let tracestate = name("tracestate")

  private static func name(_ word: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(word) else { preconditionFailure("a plain word is a name") }
    return name
  }
}
