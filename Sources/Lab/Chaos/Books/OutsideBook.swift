import BeltStorage
import LabBooks
import StrictJSON
import Belt
import Operations

/// What the simulators' ledger tells: who was told what, under which of our markers.
struct OutsideBook {
  /// One thing that RD Station was told of a contact, under whichever marker.
  struct Told: Sendable, Hashable {
    let account: String
    let contact: String
    let effect: String
    /// Of a conversion.
    let identifier: String?
  }

  /// How often RD Station was told.
  private(set) var told: [Told: Int] = [:]
  /// The markers of those conversions, in the order in which RD Station was told.
  private(set) var markers: [Identifier] = []
  /// Effects at RD Station that bear our marker and were done again.
  private(set) var repeats = 0
  private var seen: Set<String> = []

  mutating func enter(_ line: JSON) {
    if let told = Told(line) { self.told[told, default: 0] += 1 }
    guard line["system"]?.string == "rd", let marker = line["marker"]?.string else { return }
    if line["effect"]?.string == "conversion", let id = Identifier(marker) { markers.append(id) }
    let key =
      ["system", "account", "effect", "identifier", "contact"].map { line[$0]?.string ?? "" }
      + [marker]
    if !seen.insert(key.joined(separator: "|")).inserted { repeats += 1 }
  }
}

extension OutsideBook.Told {
  /// Nil for what is no such thing.
  fileprivate init?(_ line: JSON) {
    guard line["system"]?.string == "rd", let account = line["account"]?.string,
      let contact = line["contact"]?.string, let effect = line["effect"]?.string,
      PeopleOwed.Told.effects.contains(effect)
    else { return nil }
    let identifier = effect == "conversion" ? line["identifier"]?.string : nil
    self.init(account: account, contact: contact, effect: effect, identifier: identifier)
  }
}
