private import StrictJSON

/// One lead of the script: a conversion, and perhaps a mark after it.
package struct SimulatedLead: Sendable, Hashable {
  /// At the time of the conversion.
  package let facts: LeadFacts
  package let isLegacy: Bool
  package let isMarked: Bool
  package let isRepeated: Bool

  /// The deliveries in the order RD sends them.
  package var deliveries: [LeadDelivery] {
    let conversion = LeadDelivery(kind: .conversion, isLegacy: isLegacy, facts: facts)
    guard isMarked else { return [conversion] }
    var marked = facts
    marked.isOpportunity = true
    marked.markedAt = facts.lastConversion?.at.adding(seconds: 90)
    return [conversion, LeadDelivery(kind: .mark, isLegacy: isLegacy, facts: marked)]
  }
}

/// One webhook of a lead.
package struct LeadDelivery: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case conversion, mark
  }

  package let kind: Kind
  package let isLegacy: Bool
  package let facts: LeadFacts

  /// The body of the first delivery (0) or of a repetition.
  ///
  /// A repetition of the legacy body is the same bytes; the current body names the time of sending,
  /// which differs.
  package func body(repetition: Int = 0) -> [UInt8] {
    if isLegacy { return LegacyBody.json(of: facts).encoded }
    let conversion = facts.lastConversion
    let at = (kind == .mark ? facts.markedAt : conversion?.at) ?? facts.createdAt
    let event: CurrentBody.Event =
      kind == .mark
      ? .markedOpportunity : .converted(identifier: conversion?.identifier ?? "default")
    return CurrentBody.json(
      event,
      of: facts,
      at: at,
      sentAt: at.adding(seconds: 2 + Int64(repetition) * 7)
    ).encoded
  }
}
