/// The marks of ours that the marks of a batch may be; grows as the batch is decided, so that of two
/// marks only one is taken for ours.
package struct OwnMarks: Sendable {
  /// An effect of whose mark RD Station has told.
  package struct Recognised: Sendable, Hashable {
    package let effect: IntegrationKey
    package let echo: OwnMark.Echo
  }

  private var marks: [IntegrationKey: OwnMark]
  /// By the person's mark that was told of.
  private let candidates: [IntegrationKey: [IntegrationKey]]
  /// Those that were told of for the first time, to be kept.
  package private(set) var recognised: [Recognised] = []

  package static let none = OwnMarks([])

  /// - Parameter found: For each event of the batch that is a mark, the marks that we set for that
  ///   person.
  package init(_ found: [(event: IntegrationKey, mark: OwnMark)]) {
    var marks: [IntegrationKey: OwnMark] = [:]
    var candidates: [IntegrationKey: [IntegrationKey]] = [:]
    for (event, mark) in found {
      let key = IntegrationKey(event.integration, mark.effect)
      marks[key] = mark
      candidates[event, default: []].append(key)
    }
    self.marks = marks
    self.candidates = candidates
  }

  /// Whether the mark is one of ours; one that was told of before explains the same mark again before
  /// another is taken.
  package mutating func recognise(_ sighting: OwnMark.Sighting, in integration: String) -> Bool {
    let known = (candidates[IntegrationKey(integration, sighting.event)] ?? [])
      .compactMap { key in marks[key].map { (key: key, mark: $0) } }
      .filter { $0.mark.explains(sighting) }
    if known.contains(where: { $0.mark.echo != nil }) { return true }
    guard let first = known.min(by: { $0.mark.begunAt < $1.mark.begunAt }) else { return false }
    let echo = OwnMark.Echo(event: sighting.event, at: sighting.at)
    marks[first.key]?.echo = echo
    recognised.append(Recognised(effect: first.key, echo: echo))
    return true
  }
}
