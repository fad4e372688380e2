import BeltStorage
import Leads
import RDStation
import StrictJSON
import Belt

/// What is to be told about one opportunity or contact, and how far an earlier attempt came.
struct RDPlan: Sendable {
  enum Progress: Sendable {
    case toSend
    /// Sent by an earlier attempt that never learned the outcome.
    case unknown(age: Duration, reads: Int)
    /// The events are at RD Station; what is left may be repeated without harm.
    case eventsConfirmed

    var isUnknown: Bool {
      if case .unknown = self { return true }
      return false
    }
  }

  /// How it can be found out afterwards whether RD Station took the events.
  enum Witness: Sendable {
    /// Our marker is in the person's history.
    case conversion
    /// The person is marked as an opportunity, or no longer.
    case mark(Bool)
    case none
  }

  var update: RDUpdate
  /// The opportunity or the contact.
  let subject: Identifier
  /// Whom the events are about, all with a valid e-mail.
  var people: [RDPerson]
  /// Who is to be told of what, where a look has shown that not all of it is missing.
  var owed: [RDOwed]?
  let follows: [Message]
  let progress: Progress
  /// Under which the call is in our hands.
  let generation: Int

  init(_ update: RDUpdate, of subject: Identifier, people: [RDPerson], follows: [Message]) {
    self.update = update
    self.subject = subject
    self.people = people.filter(\.isReachable)
    self.follows = follows
    progress = .toSend
    generation = 1
  }

  /// Nil when the stored intent is not one of ours.
  init?(
    resuming effect: Effects.Found,
    of subject: Identifier,
    people: [RDPerson],
    follows: [Message]
  ) {
    guard let update = RDUpdate(json: effect.plan) else { return nil }
    self.update = update
    self.subject = subject
    self.people = people.filter(\.isReachable)
    self.follows = follows
    generation = effect.generation + 1
    switch effect.state {
    case .failed: progress = .toSend
    case .confirmed: progress = .eventsConfirmed
    // Parked, a person has not said yet that it is not there (that makes it failed); without events
    // there is nothing that may not be repeated.
    case .sent, .unknown, .parked:
      progress =
        update.events.isEmpty
        ? .eventsConfirmed : .unknown(age: .milliseconds(effect.age), reads: effect.reads)
    }
  }

  /// What a call that was certainly not made leaves behind: nil where an earlier one may have told some
  /// of the people, who must not be told again without a look.
  var unsent: Effects.State? { progress.isUnknown ? nil : .failed }

  /// The effect's id is the marker of its conversions.
  func events(of message: Message) -> [RDEvent] {
    let owed = owed ?? people.map { RDOwed(person: $0, events: update.events) }
    return owed.flatMap { owed -> [RDEvent] in
      guard let email = owed.person.email else { return [] }
      return owed.events.map { event in
        switch event {
        case .opportunity: .opportunity(email: email)
        case .sale(let value): .sale(email: email, value: value)
        case .lost(let reason): .lost(email: email, reason: reason)
        case .conversion(let conversion):
          .conversion(
            email: email,
            identifier: conversion.rawValue,
            marker: "\(message.id)",
            fields: [:],
            tags: update.tags
          )
        }
      }
    }
  }

  var witness: Witness {
    var mark: Witness = .none
    for event in update.events {
      switch event {
      case .conversion: return .conversion
      case .opportunity: mark = .mark(true)
      // RD takes the mark away.
      case .lost: mark = .mark(false)
      case .sale: break
      }
    }
    return mark
  }
}

extension RDPerson {
  /// Nil when nothing of the person is known by which RD Station could find it.
  var contact: RDContactID? { uuid.map(RDContactID.uuid) ?? email.map(RDContactID.email) }
}

extension FieldValue {
  /// RD's documents do not say how a field is emptied; null fits fields of every type.
  var valueAtRD: JSON { values.isEmpty ? .null : .string(value) }
}
