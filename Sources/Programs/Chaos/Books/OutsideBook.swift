import StrictJSON

/// What the simulators' ledger tells: who was told what, under which of our markers.
struct OutsideBook {
  /// By marker, the identifiers of the conversions that RD Station was told under it.
  private(set) var told: [String: [String]] = [:]
  /// Effects that bear our marker and were done again, whichever simulator's ledger they stand in.
  private(set) var repeats = 0
  private var seen: Set<String> = []

  mutating func enter(_ line: JSON) {
    guard let marker = line["marker"]?.string else { return }
    if line["effect"]?.string == "conversion" {
      told[marker, default: []].append(line["identifier"]?.string ?? "")
    }
    let key =
      ["system", "account", "effect", "identifier", "contact"].map { line[$0]?.string ?? "" }
      + [marker]
    if !seen.insert(key.joined(separator: "|")).inserted { repeats += 1 }
  }
}
