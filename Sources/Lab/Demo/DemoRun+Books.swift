import LabBooks
import Leads
import Operations

extension DemoRun {
  func books(_ acts: [PeopleOwed.Act], _ sold: PeopleSold) async throws -> DemoBooks {
    let people = PeopleReader(pool: access.pool)
    let integration = settings.integration
    let owed = try await owed(acts, sold)
    let holdings = try await book.holdings()
    // Who is none of this demo's people is nobody's business here.
    let known = Set(acts.map(\.email))
    let tags = TagsOwed(acts: acts, sold: sold, holdings: holdings, direction: settings.tags)
    return DemoBooks(
      webhooks: try await traffic(),
      owed: owed,
      owedTags: tags.owed,
      arrivals: try await people.arrivals(of: integration, since: since),
      events: try await people.events(of: integration, since: since)
        .filter { known.contains($0.key.email) },
      opportunities: try await people.opportunities(of: integration, since: since)
        .filter { known.contains($0.key.email) },
      // A record without a person is one too many.
      records: holdings.deals.filter { known.contains($0.key.email) || $0.key.email.isEmpty },
      parties: holdings.parties,
      vanished: holdings.vanished,
      told: try await told(acts),
      tags: tags.inCRM.merging(try await tagsAtRDStation(sold.tagged, acts)) { one, _ in one },
      held: try await people.heldEvents(of: integration, since: since).values.reduce(0, +),
      dead: max(0, (try await ledgers().first?.dead ?? 0) - deadBefore)
    )
  }
}
