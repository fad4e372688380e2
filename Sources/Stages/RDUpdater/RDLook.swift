import Leads
import RDStation
import Belt

/// What RD Station shows of the events that one person was to be told by one call.
enum RDLook: Sendable, Hashable {
  /// All of them.
  case all
  /// Some; these are not shown.
  case part(missing: [RDUpdate.Event])
  case nothing
  /// Nothing there can tell.
  case undecidable

  /// Reads a person's conversions: each of ours carries our marker and its own identifier.
  ///
  /// RD works through a call in its order: what stands behind the last event that it shows may be missing
  /// like a conversion that it does not show.
  ///
  /// `isWhole`: false when there are conversions that were not read; one of ours may be among them.
  init(
    for events: [RDUpdate.Event],
    marker: String,
    among history: [RDHistoryEvent],
    isWhole: Bool
  ) {
    let shown = Set(
      history.filter { $0.marker == marker }.map { Self.key(of: $0.identifier) }
    )
    let places = events.indices.filter { place in
      guard case .conversion(let conversion) = events[place] else { return false }
      return shown.contains(Self.key(of: conversion.rawValue))
    }
    let conversions = events.filter(\.isConversion)
    guard !conversions.isEmpty else {
      self = .undecidable
      return
    }
    if places.count == conversions.count {
      self = .all
    } else if !isWhole {
      self = .undecidable
    } else if let last = places.last {
      self = .part(
        missing: events.indices.filter {
          !places.contains($0) && (events[$0].isConversion || $0 > last)
        }.map { events[$0] }
      )
    } else {
      self = .nothing
    }
  }

  private static func key(of identifier: String) -> String { identifier.trimmed.lowercased() }
}

extension RDUpdate.Event {
  fileprivate var isConversion: Bool {
    if case .conversion = self { return true }
    return false
  }
}

/// Whom RD Station is to be told again, and of what.
struct RDOwed: Sendable, Hashable {
  let person: RDPerson
  let events: [RDUpdate.Event]
}
