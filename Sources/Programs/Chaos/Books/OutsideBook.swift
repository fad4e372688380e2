import StrictJSON
import Workers

/// What the simulators' ledger tells: who was told what, under which of our markers.
struct OutsideBook {
  /// By marker, the identifiers of the conversions that RD Station was told under it.
  private(set) var told: [String: [String]] = [:]
  /// The markers of those conversions, in the order in which RD Station was told.
  private(set) var markers: [Identifier] = []
  /// Effects that bear our marker and were done again, whichever simulator's ledger they stand in.
  private(set) var repeats = 0
  private var seen: Set<String> = []

  mutating func enter(_ line: JSON) {
    guard let marker = line["marker"]?.string else { return }
    if line["effect"]?.string == "conversion" {
      if let id = Identifier(marker) { markers.append(id) }
      told[marker, default: []].append(line["identifier"]?.string ?? "")
    }
    let key =
      ["system", "account", "effect", "identifier", "contact"].map { line[$0]?.string ?? "" }
      + [marker]
    if !seen.insert(key.joined(separator: "|")).inserted { repeats += 1 }
  }
}
