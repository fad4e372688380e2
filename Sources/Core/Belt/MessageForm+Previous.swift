/// What the version before has otherwise, and is to find in what this one writes: three of the values
/// were texts in a bag of notes, `x-note-…` on the broker.
///
/// All of this file goes with the next release, and what calls it: the `x-note-` headers in WorkQueues,
/// and the head of the spool's records with its `arrived_at` as text.
extension MessageForm {
  private static let noted: [(note: String, name: Name)] = [
    ("trigger", .trigger), ("wait", .wait), ("dead_letter_round", .round),
  ]

  /// The values that the version before looks for among its notes.
  package var notes: [String: String] {
    var notes: [String: String] = [:]
    for (note, name) in Self.noted {
      switch values[name] {
      case .text(let text): notes[note] = text
      case .number(let number): notes[note] = String(number)
      case .other, nil: break
      }
    }
    return notes
  }

  /// Takes from the notes of the version before what has not come under its own name.
  package mutating func take(notes: [String: String]) {
    for (note, name) in Self.noted where values[name] == nil {
      guard let text = notes[note] else { continue }
      values[name] =
        name.isNumber
        ? Int64(text).map { .number(min(max(0, $0), Int64(Int32.max))) } : .text(text)
    }
  }

  package enum PreviousName: String, CodingKey {
    case notes
    case arrivedAt = "arrived_at"
  }

  mutating func takePrevious(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: PreviousName.self)
    take(notes: try members.decodeIfPresent([String: String].self, forKey: .notes) ?? [:])
  }

  func encodePrevious(to encoder: any Encoder) throws {
    guard !notes.isEmpty else { return }
    var members = encoder.container(keyedBy: PreviousName.self)
    try members.encode(notes, forKey: .notes)
  }
}
