import LeadStorage
import Leads
import StrictJSON
import Workers

/// The books of one demo: what the outside says it did, and what the database holds of it.
struct DemoBooks: Sendable {
  /// One line of the sandbox's ledger.
  struct RDEntry: Sendable, Hashable {
    let effect: String
    let identifier: String?
    let marker: String?
  }

  /// One effect at RD Station, as the database holds it.
  struct RDEffect: Sendable, Hashable {
    /// Our id of it, which RD Station keeps as a marker.
    let marker: Identifier
    let opportunity: Identifier
  }

  let run: SandboxRun
  let settings: Settings
  let arrivals: [BooksReader.Arrival]
  let opportunities: [BooksReader.Opportunity]
  let rdEntries: [RDEntry]
  let rdEffects: [RDEffect]
  let won: Set<Identifier>
  let lost: Set<Identifier>
  /// New dead letters since the demo began.
  let dead: Int
}

/// What comparing the books shows.
struct DemoVerdict: Sendable, Hashable {
  /// Distinct events that ingress accepted.
  let received: Int
  let opportunities: Int
  /// What was done at RD Station.
  let rdCalls: Int
  let ignored: Int
  let dead: Int
  /// Owed and not found.
  let lost: Int
  /// More than one where one is owed.
  let duplicated: Int
  /// In words, one each.
  let complaints: [String]

  var isRight: Bool { complaints.isEmpty && dead == 0 && lost == 0 && duplicated == 0 }

  var line: String {
    "demo: received \(received), opportunities \(opportunities), rd_calls \(rdCalls), "
      + "ignored \(ignored), dead \(dead), lost \(lost), duplicated \(duplicated)"
  }
}

extension DemoVerdict {
  init(comparing books: DemoBooks) {
    var count = Comparison()
    count.compareArrivals(books)
    count.compareOpportunities(books)
    count.compareRDStation(books)
    if books.run.failed > 0 {
      count.complaints.append("\(books.run.failed) bodies were never answered with 2xx")
    }
    let outward = ["conversion", "opportunity", "sale", "lost", "funnel", "tags", "contact"]
    self.init(
      received: books.run.delivered,
      opportunities: books.opportunities.count,
      rdCalls: books.rdEntries.count { outward.contains($0.effect) },
      ignored: books.arrivals.count { $0.state == "ignored" || $0.state == "invalid" },
      dead: books.dead,
      lost: count.lost,
      duplicated: count.duplicated,
      complaints: count.complaints
    )
  }

  private struct Comparison {
    var lost = 0
    var duplicated = 0
    var complaints: [String] = []

    /// Each distinct body is accepted or kept out once; its repeats are known as repeats.
    mutating func compareArrivals(_ books: DemoBooks) {
      let repeats = books.arrivals.count { $0.state == "duplicate" }
      let kept = books.arrivals.count - repeats
      owe(books.run.delivered, kept, "events of delivered bodies")
      if books.arrivals.count < books.run.delivered + books.run.repeats {
        complaints.append(
          "\(books.run.delivered + books.run.repeats) deliveries were answered with 2xx, "
            + "\(books.arrivals.count) arrived"
        )
      }
      if books.arrivals.count > books.run.attempts {
        complaints.append("\(books.arrivals.count) arrived, \(books.run.attempts) were sent")
      }
      let accepted = books.arrivals.filter { $0.state == "accepted" }.compactMap(\.event)
      let twice = accepted.count - Set(accepted).count
      if twice > 0 {
        duplicated += twice
        complaints.append("\(twice) events were accepted twice")
      }
    }

    /// One for each accepted event that starts a trigger, once in the CRM too.
    mutating func compareOpportunities(_ books: DemoBooks) {
      var owed: Set<Identifier> = []
      for arrival in books.arrivals where arrival.state == "accepted" {
        guard let event = arrival.event, let kind = arrival.kind.flatMap(LeadEvent.Kind.init),
          books.settings.trigger(for: kind, identifier: arrival.identifier) != nil
        else { continue }
        owed.insert(event)
      }
      let made = Dictionary(grouping: books.opportunities, by: \.event)
      // With one open deal a lead, an event may rightly make none.
      if !books.settings.oneOpenDealPerLead {
        let missing = owed.count { made[$0] == nil }
        if missing > 0 {
          lost += missing
          complaints.append("\(missing) events that start a trigger have no opportunity")
        }
      }
      let unowed = made.keys.count { !owed.contains($0) }
      if unowed > 0 {
        complaints.append("\(unowed) opportunities are of events that start no trigger")
      }
      let twice = made.values.reduce(0) { $0 + $1.count - 1 }
      if twice > 0 {
        duplicated += twice
        complaints.append("\(twice) events have a second opportunity")
      }
      for opportunity in books.opportunities where opportunity.crmRecords != 1 {
        if opportunity.crmRecords == 0 {
          lost += 1
        } else {
          duplicated += opportunity.crmRecords - 1
        }
        complaints.append(
          "opportunity \(opportunity.id): \(opportunity.crmRecords) records in the CRM"
        )
      }
    }

    /// One conversion an opportunity and one a sale, each with a marker of ours.
    mutating func compareRDStation(_ books: DemoBooks) {
      guard books.settings.rdUpdates.standardConversions else { return }
      let entries = Dictionary(grouping: books.rdEntries.filter { $0.effect == "conversion" }) {
        $0.identifier ?? ""
      }.mapValues { Dictionary(grouping: $0.compactMap(\.marker), by: \.self).mapValues(\.count) }
      let created = entries[StandardConversion.opportunityCreated.rawValue] ?? [:]
      let sold = entries[StandardConversion.sale.rawValue] ?? [:]
      let markers = Dictionary(grouping: books.rdEffects, by: \.opportunity)
        .mapValues { $0.map { "\($0.marker)" } }
      for opportunity in books.opportunities where opportunity.email != nil {
        let own = markers[opportunity.id] ?? []
        owe(
          1,
          own.reduce(0) { $0 + (created[$1] ?? 0) },
          "conversions of opportunity \(opportunity.id) at RD Station"
        )
        owe(
          books.won.contains(opportunity.id) ? 1 : 0,
          own.reduce(0) { $0 + (sold[$1] ?? 0) },
          "sales of opportunity \(opportunity.id) at RD Station"
        )
      }
      guard books.settings.rdUpdates.outcomes else { return }
      owe(books.won.count, books.rdEntries.count { $0.effect == "sale" }, "sales at RD Station")
      owe(books.lost.count, books.rdEntries.count { $0.effect == "lost" }, "losses at RD Station")
    }

    private mutating func owe(_ owed: Int, _ found: Int, _ what: String) {
      if found < owed { lost += owed - found }
      if found > owed { duplicated += found - owed }
      if found != owed { complaints.append("\(what): \(owed) owed, \(found) found") }
    }
  }
}
