/// What became of people's opportunities, by the person's address: how many of each.
package struct PeopleSold: Sendable, Hashable {
  package var won: [String: Int] = [:]
  /// Those that were opened again too.
  package var lost: [String: Int] = [:]
  package var reopened: [String: Int] = [:]
  /// The tags that a seller gave.
  package var tagged: [String: Set<String>] = [:]

  package init() {}

  package mutating func count(_ act: SellerAct, of email: String) {
    switch act {
    case .win: won[email, default: 0] += 1
    case .lose: lost[email, default: 0] += 1
    case .reopen: reopened[email, default: 0] += 1
    case .tag(let tag): tagged[email, default: []].insert(tag)
    }
  }
}
