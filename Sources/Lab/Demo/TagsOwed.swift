import LabBooks
import Leads

/// A tag of a person, where it is to be.
struct PlacedTag: Sendable, Hashable {
  enum Side: Sendable {
    case rdStation, crm
  }

  let tag: String
  let email: String
  let side: Side
}

/// Which tags must be where: those of a person at RD Station on all the opportunities of that person, and
/// those of a seller at RD Station.
struct TagsOwed: Sendable, Hashable {
  let owed: [PlacedTag: Int]
  /// Of the owed, those that all the person's opportunities have.
  let inCRM: [PlacedTag: Int]

  init(
    acts: [PeopleOwed.Act],
    sold: PeopleSold,
    holdings: CRMHoldings,
    direction: Settings.TagDirection
  ) {
    var owed: [PlacedTag: Int] = [:]
    var inCRM: [PlacedTag: Int] = [:]
    let opportunities = Dictionary(grouping: holdings.opportunities, by: \.email)
    if direction == .both || direction == .toCRM {
      for act in acts {
        guard let own = opportunities[act.email] else { continue }
        for tag in act.tags.map({ $0.lowercased() }) {
          let placed = PlacedTag(tag: tag, email: act.email, side: .crm)
          owed[placed] = 1
          let isEverywhere = own.allSatisfy { $0.tags.contains { $0.lowercased() == tag } }
          inCRM[placed] = isEverywhere ? 1 : nil
        }
      }
    }
    if direction == .both || direction == .toRD {
      for (email, tags) in sold.tagged {
        for tag in tags { owed[PlacedTag(tag: tag, email: email, side: .rdStation)] = 1 }
      }
    }
    self.owed = owed
    self.inCRM = inCRM
  }
}
