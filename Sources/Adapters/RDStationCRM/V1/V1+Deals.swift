import Belt
import Leads
import OutsideCalls
import StrictJSON

extension V1 {
  func deals(named text: String) async throws(CallError) -> [(id: String, name: String)] {
    let filter = ["name": text, "order": "created_at", "direction": "asc"]
    return try await page(V1Routes.deals, filter, 1).items.map { ($0.id, $0.name) }
  }

  func deal(_ id: String) async throws(CallError) -> Deal? {
    guard var deal = try await ask(V1Routes.deal.call(percentEncoded(id))) else { return nil }
    if deal.lossReason == nil, let reason = deal.lossReasonID {
      deal.lossReason = try await all(V1Routes.lostReasons).first { $0.id == reason }?.name
    }
    return deal
  }

  func add(_ deal: DealChange) async throws(CallError) -> String {
    try await ask(V1Routes.addDeal.call(body: deal.bodyV1(isNew: true)))
  }

  func change(deal id: String, _ change: DealChange) async throws(CallError) {
    var rest = change
    rest.value = nil
    if rest != DealChange() {
      let body = rest.bodyV1(isNew: false)
      _ = try await ask(V1Routes.changeDeal.call(percentEncoded(id), body: body))
    }
    if let value = change.value { try await set(value: value, of: percentEncoded(id)) }
  }

  /// v1 has no filter of changes: the open deals are walked, and those closed since then.
  ///
  /// What changes in a deal that was closed long before is not told by this; its webhook tells it.
  func deals(changedSince moment: Int64?) async throws(CallError) -> [ChangedDeal] {
    let moment = moment ?? 0
    var found = try await walk(["win": "null"], V1Period("created_at_period", from: 0))
    found += try await walk([:], V1Period("closed_at_period", from: moment))
    var seen: Set<String> = []
    return found.filter { Int64($0.version) >= moment && seen.insert($0.id).inserted }
  }

  /// Every deal of a period; one that holds more than can be reached is halved.
  private func walk(_ filter: [String: String], _ period: V1Period) async throws(CallError)
    -> [ChangedDeal]
  {
    var found: [ChangedDeal] = []
    var open = [period]
    while let next = open.popLast() {
      let filter = filter.merging(next.query) { $1 }
      let first = try await page(V1Routes.deals, filter, 1)
      if first.total > reach, let (one, other) = next.halves {
        open += [one, other]
        continue
      }
      found += first.items.map { ChangedDeal(id: $0.id, version: $0.version) }
      var (number, hasMore) = (2, first.hasMore)
      while hasMore, number <= Self.pagesMax {
        let page = try await page(V1Routes.deals, filter, number)
        found += page.items.map { ChangedDeal(id: $0.id, version: $0.version) }
        hasMore = page.hasMore && !page.items.isEmpty
        number += 1
      }
    }
    return found
  }
}

/// A filter of a list of v1 by a time, in whole seconds of UTC.
struct V1Period: Sendable, Hashable {
  private let name: String
  private let start: Int64
  private let end: Int64

  /// Until a day that is far off: the other side's clock is not ours.
  init(_ name: String, from milliseconds: Int64) {
    self.init(name, milliseconds / 1000, 4_102_444_800)
  }

  private init(_ name: String, _ start: Int64, _ end: Int64) {
    self.name = name
    self.start = start
    self.end = end
  }

  var query: [String: String] {
    [
      name: "true", "start_date": MomentText(start * 1000).naive,
      "end_date": MomentText(end * 1000).naive,
    ]
  }

  /// Nil for a second, which cannot be parted.
  var halves: (V1Period, V1Period)? {
    guard end > start else { return nil }
    let middle = start + (end - start) / 2
    return (V1Period(name, start, middle), V1Period(name, middle + 1, end))
  }
}
