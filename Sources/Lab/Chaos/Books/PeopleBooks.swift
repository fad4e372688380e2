import BeltStorage
import LabBooks
import Leads
import Operations

/// Each person's doing beside what the database, the CRM and RD Station hold of it.
///
/// What is owed comes from the sandbox's book of what people did, and the harness' own of what it posted;
/// the CRM's and RD Station's are their own. Nothing is counted by a key of ours.
struct PeopleBooks: Sendable {
  let owed: PeopleOwed
  let events: [PeopleReader.Event: Int]
  let records: [PeopleReader.Deal: Int]
  let holdings: CRMHoldings
  let told: [PeopleOwed.Told: Int]

  /// Compares the books of one integration.
  func compare(_ verdict: inout Verdict) {
    let events = Self.difference(owed.events, events)
    verdict.lose(events.missing, "things that people did never arrived (I1)\(events.examples)")
    verdict.double(
      events.surplus,
      "events were let in that nobody made, or twice (I3)\(events.examples)"
    )
    let deals = Self.difference(owed.deals, records)
    verdict.lose(deals.missing, "opportunities of people are not in the CRM (I4)\(deals.examples)")
    verdict.double(
      deals.surplus,
      "times a person has a second opportunity in the CRM for one thing done (I3)\(deals.examples)"
    )
    let parties = Self.difference(holdings.parties.mapValues { min(1, $0) }, holdings.parties)
    verdict.double(
      parties.surplus,
      "people and companies have a second record in the CRM (I3)\(parties.examples)"
    )
    verdict.lose(holdings.vanished, "records vanished from the CRM (I4)")
    let told = Self.difference(owed.told, told)
    verdict.lose(
      told.missing,
      "conversions and marks of people that RD Station was not told of (I4)\(told.examples)"
    )
    verdict.double(
      told.surplus,
      "conversions and marks of people that RD Station was told twice (I4)\(told.examples)"
    )
  }

  /// How many there are too few and too many, by person and thing.
  ///
  /// `examples`: some of them in words, empty when there are none.
  static func difference<Thing: Hashable>(_ owed: [Thing: Int], _ found: [Thing: Int]) -> (
    missing: Int, surplus: Int, examples: String
  ) {
    var (missing, surplus) = (0, 0)
    var examples: [String] = []
    for thing in Set(owed.keys).union(found.keys) {
      let (owed, found) = (owed[thing] ?? 0, found[thing] ?? 0)
      guard owed != found else { continue }
      if found < owed { missing += owed - found } else { surplus += found - owed }
      examples.append("\(found) instead of \(owed) of \(thing)")
    }
    let some = examples.sorted().prefix(4).joined(separator: "; ")
    return (missing, surplus, some.isEmpty ? "" : ": \(some)")
  }
}

extension PeopleBooks {
  /// Reads the books of one integration; `told` is what RD Station's account was told, by contact.
  init(
    of integration: String,
    acts: [PeopleOwed.Act],
    told entries: [OutsideBook.Told: Int],
    fleet: ChaosFleet
  ) async throws {
    guard let current = try await SettingsVersions(pool: fleet.pool).current(integration) else {
      throw ChaosFleet.Failure(description: "there is no integration \(integration)")
    }
    owed = PeopleOwed(acts: acts, settings: current.settings)
    let emails = Dictionary(acts.map { ($0.contact, $0.email) }) { first, _ in first }
    let known = Set(emails.values)
    let people = PeopleReader(pool: fleet.pool)
    let always = "2000-01-01"
    events = try await people.events(of: integration, since: always)
      .filter { known.contains($0.key.email) }
    holdings = try await fleet.book(of: integration).holdings()
    records = holdings.deals.filter { known.contains($0.key.email) }
    told = entries.reduce(into: [:]) { told, entry in
      guard entry.key.account == integration, let email = emails[entry.key.contact] else { return }
      let key = PeopleOwed.Told(
        email: email,
        effect: entry.key.effect,
        identifier: entry.key.identifier
      )
      told[key, default: 0] += entry.value
    }
  }
}
