/// How many tags a record of a CRM holds (B142–B144).
package struct TagCapacity: Sendable, Hashable {
  /// Nil is without bound.
  package let max: Int?

  package init(of record: RecordKind, in crm: CRMKind) { max = crm.traits.tagMax[record] }

  /// What the record is to hold instead of the tags that it has: where there is not room for all, the
  /// last ones of RD's list (R34).
  package func fitting(_ tags: [String]) -> [String] {
    let tags = tags.compactMap(\.nonBlank)
    return max.map { Array(tags.suffix($0)) } ?? tags
  }
}
