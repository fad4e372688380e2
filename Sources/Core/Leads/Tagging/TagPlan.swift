/// The three-way merge of tags (R33): additions of both sides stay, removals of either side count.
package struct TagPlan: Sendable, Hashable {
  /// What both sides should hold; in order of the sides' own lists.
  package let merged: [String]
  package let changesCRM: Bool
  package let changesRD: Bool

  /// Merges both sides against the set on which they last agreed.
  ///
  /// `base` is nil before the first time, when nothing can have been removed. A side that the
  /// direction does not let be written keeps what it has.
  package init(base: [String]?, rd: [String], crm: [String], direction: Settings.TagDirection) {
    // RD Station keeps tags in lower case only.
    let rd = rd.map { $0.trimmed.lowercased() }
    let crmKeys = Set(crm.map { $0.trimmed.lowercased() })
    let rdKeys = Set(rd)
    let base = Set((base ?? []).map { $0.trimmed.lowercased() })
    var seen: Set<String> = []
    merged = (rd + crm.map { $0.trimmed.lowercased() }).filter { tag in
      let removed = base.contains(tag) && !(rdKeys.contains(tag) && crmKeys.contains(tag))
      return !tag.isEmpty && !removed && seen.insert(tag).inserted
    }
    let writesCRM = direction == .both || direction == .toCRM
    let writesRD = direction == .both || direction == .toRD
    changesCRM = writesCRM && Set(merged) != crmKeys
    changesRD = writesRD && Set(merged) != rdKeys
  }
}
