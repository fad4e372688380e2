import Foundation
import BeltStorage
import LabBooks
import Leads
import Postgres
import StrictJSON
import Belt

/// What is wrong when everybody's books are compared: the generator's, the database's, the outside's.
struct Verdict: Sendable {
  var lost = 0
  var duplicated = 0
  /// In words, one each; empty when every invariant holds.
  var complaints: [String] = []

  mutating func lose(_ count: Int, _ what: String) {
    guard count > 0 else { return }
    lost += count
    complaints.append("\(count) \(what)")
  }

  mutating func double(_ count: Int, _ what: String) {
    guard count > 0 else { return }
    duplicated += count
    complaints.append("\(count) \(what)")
  }

  mutating func deny(_ count: Int, _ what: String) {
    if count > 0 { complaints.append("\(count) \(what)") }
  }
}

/// Compares the books of everything since the fleet began.
struct Books: Sendable {
  let fleet: ChaosFleet
  let owed: OwedBook

  /// Compares them once, when everything is quiet; `deadAllowed` says whether this load may leave dead
  /// letters.
  func compare(deadAllowed: Bool) async throws -> Verdict {
    var verdict = Verdict()
    try await compareArrivals(&verdict)
    try await compareOpportunities(&verdict)
    var outside = OutsideBook()
    try await Sandbox(url: fleet.sandboxURL).ledger { outside.enter($0) }
    verdict.double(outside.repeats, "effects done twice outside, by their marker (I3)")
    try await checkCalls(&verdict)
    try await comparePeople(outside, &verdict)
    try await checkOrder(&verdict)
    try await checkOrderOutside(outside, &verdict)
    try await checkDeadLetters(&verdict, allowed: deadAllowed)
    verdict.deny(try await leaks(), "pieces of personal data in logs (I13)")
    return verdict
  }

  private func count(_ statement: SQL) async throws -> Int {
    try await fleet.pool.run(statement)[0].int(0)
  }

  /// Answers of 2xx of which the database knows nothing yet; asks again only for those.
  func missingArrivals() async throws -> Int {
    let unseen = await owed.takeUnseen()
    do {
      let missing = try await missing(of: unseen)
      await owed.giveBack(unseen: missing)
      return missing.count
    } catch {
      await owed.giveBack(unseen: unseen)
      throw error
    }
  }

  /// Those of which the database knows nothing.
  private func missing(of messages: [Identifier]) async throws -> [Identifier] {
    var missing: [Identifier] = []
    for begin in stride(from: 0, to: messages.count, by: 10_000) {
      let some = Array(messages[begin..<min(begin + 10_000, messages.count)])
      missing += try await fleet.pool.run(
        """
        select k.m from unnest(\(some)::uuid[]) as k (m)
        where not exists (select from receipt r where r.message_id = k.m)
          and not exists (select from dead_letter d where d.id = k.m)
        """
      ).map { try $0.identifier(0) }
    }
    return missing
  }

  private func compareArrivals(_ verdict: inout Verdict) async throws {
    verdict.lose(
      try await missing(of: owed.messages).count,
      "answers of 2xx without a receipt or a dead letter (I1)"
    )
    verdict.double(
      try await count(
        """
        select count(*) from (select from arrival where state = 'accepted'
          group by integration_id, event_id having count(*) > 1) as twice
        """
      ),
      "events accepted twice (I3)"
    )
    verdict.lose(
      try await count(
        """
        select count(*) from arrival a where a.state = 'duplicate' and not exists (
          select from arrival b where b.integration_id = a.integration_id
            and b.event_id = a.event_id and b.state <> 'duplicate')
        """
      ),
      "events known as repeats of nothing (I1)"
    )
  }

  private func compareOpportunities(_ verdict: inout Verdict) async throws {
    verdict.lose(
      try await count(
        """
        select count(*) from conversion c
        left join opportunity o on o.integration_id = c.integration_id and o.event_id = c.id
        where o.crm_id is null
          and not exists (select from held h
            where h.integration_id = c.integration_id and h.event_id = c.id)
          and not exists (select from dead_letter d
            where d.integration_id = c.integration_id and d.journey_id = c.journey_id)
        """
      ),
      "events without an opportunity (I4)"
    )
    verdict.lose(
      try await count(
        """
        select count(*) from opportunity o join integration i on i.id = o.integration_id
        where o.crm_id is not null and i.crm = 'embedded' and not exists (
          select from embedded_opportunity e
          where e.integration_id = o.integration_id and e.marker = o.id)
        """
      ),
      "opportunities that the CRM does not hold (I4)"
    )
  }

  /// What every person did, in each integration, beside what everybody else holds of it.
  private func comparePeople(_ outside: OutsideBook, _ verdict: inout Verdict) async throws {
    let acts = try await Sandbox(url: fleet.sandboxURL).acts()
    let posted = await owed.posted
    for integration in fleet.integrations {
      try await PeopleBooks(
        of: integration,
        acts: (acts[integration] ?? []) + (posted[integration] ?? []),
        told: outside.told,
        fleet: fleet
      ).compare(&verdict)
    }
  }

  private func checkCalls(_ verdict: inout Verdict) async throws {
    verdict.deny(
      try await count(
        """
        select count(*) from effect e
        join receipt r on r.integration_id = e.integration_id and r.message_id = e.id
        where e.state <> 'confirmed'
        """
      ),
      "calls that are not known as made though their message is done (I4)"
    )
  }

  private func checkOrder(_ verdict: inout Verdict) async throws {
    verdict.deny(
      try await count(
        """
        select count(*) from lead l where l.source_at < (
          select max(\(BelievedTime.sql)) from conversion c
          where c.integration_id = l.integration_id and c.lead_id = l.id)
        """
      ),
      "leads in an older state than their newest event (I5)"
    )
  }

  /// RD Station was told of each lead's events in the order of their import.
  ///
  /// Exact where the earlier one was known before the RD updater could look at the later one: it was
  /// being centralized when the later one's opportunity was recorded. One that was given up has lost
  /// its turn.
  private func checkOrderOutside(_ outside: OutsideBook, _ verdict: inout Verdict) async throws {
    verdict.deny(
      try await count(
        """
        with told as (
          select c.integration_id, c.lead_id, c.place as turn, min(k.place) as place,
            min(r.handled_at) filter (where r.stage = \(Flow.centralizer.stage)) as known_at,
            min(r.handled_at) filter (where r.stage = \(Flow.opportunityCreator.stage)) as made_at
          from unnest(\(outside.markers)::uuid[]) with ordinality as k (marker, place)
          join effect e on e.id = k.marker
          join conversion c on c.integration_id = e.integration_id
            and c.journey_id = e.journey_id
          join receipt r on r.integration_id = c.integration_id and r.journey_id = c.journey_id
          where not exists (select from dead_letter d join conversion f
            on f.integration_id = d.integration_id and f.journey_id = d.journey_id
            where f.integration_id = c.integration_id and f.lead_id = c.lead_id)
          group by c.integration_id, c.lead_id, c.place
        )
        select count(*) from told a join told b
          on b.integration_id = a.integration_id and b.lead_id = a.lead_id
          and a.turn < b.turn
        where a.place > b.place and a.known_at < b.made_at
        """
      ),
      "events told to RD Station before an earlier one of their lead (I5)"
    )
  }

  private func checkDeadLetters(_ verdict: inout Verdict, allowed: Bool) async throws {
    let open = try await fleet.pool.run(
      """
      select coalesce(string_agg(distinct code, ', '), ''), count(*) from dead_letter
      where state = 'open'
      """
    )[0]
    if !allowed { verdict.deny(try open.int(1), "dead letters: \(try open.string(0))") }
    verdict.deny(
      try await count(
        """
        select count(*) from dead_letter
        where code = '' or sentence = '' or fingerprint = '' or attempts < 1
        """
      ),
      "dead letters that do not explain themselves (I7)"
    )
  }

  /// How many log files hold a planted address.
  private func leaks() async throws -> Int {
    var leaks = 0
    for program in fleet.programs {
      let log = try Data(contentsOf: program.logFile)
      for canary in await owed.canaries where log.range(of: Data(canary.utf8)) != nil {
        leaks += 1
      }
    }
    return leaks
  }
}
