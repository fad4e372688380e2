/// Why the topology could not be applied or verified.
///
/// Every text is safe to show.
package enum TopologyError: Error, Sendable, Hashable {
  case badAddress
  /// No answer from the management API.
  case unreachable(String)
  /// Login, permission or virtual host.
  case refused(String)
  case unexpectedAnswer(String)
  /// The broker differs from what the fleet needs, by name.
  case drift([DriftItem])
}

extension TopologyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badAddress:
      "ESTEIRA_RABBITMQ_MANAGEMENT_URL is not of the form http://user:password@host:15672"
    case .unreachable(let why): "the broker's management API does not answer: \(why)"
    case .refused(let why): "the broker's management API refuses: \(why)"
    case .unexpectedAnswer(let what): "the broker's management API answers oddly: \(what)"
    case .drift(let items):
      (["the broker differs from what the fleet needs:"] + items.map { "  \($0)" })
        .joined(separator: "\n")
    }
  }
}
