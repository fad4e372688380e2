import BeltStorage
import LabBooks
import StrictJSON
import Operations

/// The books of one demo: the generator's, ours, the CRM's and RD Station's, counted by person.
struct DemoBooks: Sendable {
  /// One line of the sandbox's ledger.
  struct RDEntry: Sendable, Hashable {
    let effect: String
    let contact: String?
    let identifier: String?
    let marker: String?
  }

  /// Webhooks that RD Station had answered with 2xx, and that it gave up.
  let webhooks: SandboxTraffic
  /// The generator's book, by what it makes the fleet owe.
  let owed: PeopleOwed
  let owedTags: [PlacedTag: Int]
  /// How many webhooks arrived, by what became of them.
  let arrivals: [String: Int]
  /// Of our book, by person.
  let events: [PeopleReader.Event: Int]
  let opportunities: [PeopleReader.Deal: Int]
  /// The CRM's own.
  let records: [PeopleReader.Deal: Int]
  /// How many records the CRM has of each person and company.
  let parties: [CRMHoldings.Party: Int]
  /// Records of the CRM that were made and are not there any more.
  let vanished: Int
  /// RD Station's own, by person.
  let told: [PeopleOwed.Told: Int]
  /// Of the owed ones, those that are where they must be.
  let tags: [PlacedTag: Int]
  /// Events that wait for other settings.
  let held: Int
  /// New dead letters since the demo began.
  let dead: Int
}

/// What comparing the books shows.
struct DemoVerdict: Sendable, Hashable {
  /// Webhooks that arrived, repeats and our own echo included.
  let received: Int
  let opportunities: Int
  /// What was done at RD Station.
  let rdCalls: Int
  /// Of the received, as the ledger counts them: kept out, or known already.
  let ignored: Int
  let held: Int
  let dead: Int
  /// Owed and not found.
  let lost: Int
  /// More than one where one is owed.
  let duplicated: Int
  /// Nil where somebody sold in the CRM; otherwise why nobody did.
  let notSold: String?
  /// In words, one each.
  let complaints: [String]

  var isRight: Bool { complaints.isEmpty && dead == 0 && lost == 0 && duplicated == 0 }

  var line: String {
    "demo: received \(received), opportunities \(opportunities), rd_calls \(rdCalls), "
      + "ignored \(ignored), held \(held), dead \(dead), lost \(lost), duplicated \(duplicated) "
      + "in 4 books: the generator's, ours, the CRM's and RD Station's"
      + (notSold.map { "; \($0)" } ?? "")
  }
}

extension DemoVerdict {
  /// `isSold`: whether somebody sold in the CRM.
  init(comparing books: DemoBooks, isSold: Bool = true) {
    var comparison = Comparison()
    let owed = books.owed
    comparison.compare("events in our book", owed.events, books.events)
    let second = "opportunities in our book (a second opportunity, if too many)"
    comparison.compare(second, owed.deals, books.opportunities, mayMiss: !owed.isOneEach)
    let third = "opportunities in the CRM's book (a second opportunity, if too many)"
    comparison.compare(third, owed.deals, books.records, mayMiss: !owed.isOneEach)
    comparison.compare(
      "people and companies in the CRM's book",
      books.parties.mapValues { min(1, $0) },
      books.parties
    )
    comparison.compare("records that vanished from the CRM", ["": 0], ["": -books.vanished])
    comparison.compare(
      "conversions, marks, sales and losses in RD Station's book",
      owed.told,
      books.told,
      mayMiss: !owed.isOneEach
    )
    comparison.compare("tags in the CRM and at RD Station", books.owedTags, books.tags)
    let arrived = books.arrivals.values.reduce(0, +)
    comparison.compareDeliveries(books, arrived: arrived)
    self.init(
      received: arrived,
      opportunities: books.opportunities.values.reduce(0, +),
      rdCalls: books.told.values.reduce(0, +),
      ignored: arrived - (books.arrivals["accepted"] ?? 0),
      held: books.held,
      dead: books.dead,
      lost: comparison.lost,
      duplicated: comparison.duplicated,
      notSold: isSold ? nil : "nobody sold: the CRM's changes are not asked for yet",
      complaints: comparison.complaints
    )
  }

  private struct Comparison {
    var lost = 0
    var duplicated = 0
    var complaints: [String] = []

    mutating func compareDeliveries(_ books: DemoBooks, arrived: Int) {
      if arrived < books.webhooks.delivered {
        lost += books.webhooks.delivered - arrived
        complaints.append(
          "\(books.webhooks.delivered) webhooks were answered with 2xx, \(arrived) arrived"
        )
      }
      if books.webhooks.failed > 0 {
        complaints.append("\(books.webhooks.failed) webhooks were never answered with 2xx")
      }
    }

    /// Counts what each person is owed and what the book has of them.
    mutating func compare<Thing: Hashable>(
      _ what: String,
      _ owed: [Thing: Int],
      _ found: [Thing: Int],
      mayMiss: Bool = false
    ) {
      var missing = 0
      var surplus = 0
      for thing in Set(owed.keys).union(found.keys) {
        let difference = (found[thing] ?? 0) - (owed[thing] ?? 0)
        if difference < 0, !mayMiss { missing -= difference }
        if difference > 0 { surplus += difference }
      }
      lost += missing
      duplicated += surplus
      guard missing + surplus > 0 else { return }
      let sum = owed.values.reduce(0, +)
      complaints.append("\(what): \(sum) owed, \(missing) missing, \(surplus) too many")
    }
  }
}
