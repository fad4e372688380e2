import Foundation
import BeltStorage
import Postgres
import StrictJSON
import Belt

/// More at once than one transaction can hold.
extension ChaosTest {
  static func largeBatches(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T48", title: "a batch too large for one transaction; nobody waits behind it") {
      trial in
      let bodies = 30
      let leads = lane.dose(300, 1000)
      let importers = trial.fleet.replicas(of: "esteira-lead-importer")
      try await trial.fleet.postgres.setLocks(lane == .quick ? 16 : nil)
      await trial.recover(within: 20)
      for importer in importers { await importer.stop() }
      try await refuseMany(trial)
      var messages: [Identifier] = []
      for number in 0..<bodies {
        let body = list(number, leads: leads, seed: trial.seed)
        messages.append(try await trial.load.deliver(body, to: trial.fleet.integrations[0]))
        await trial.countStrike()
      }
      // The other integration's leads come behind it.
      let behind = trial.fleet.integrations[1]
      let before = try await arrivals(at: behind, trial)
      var dose = LeadLoad.Dose(leads: 5)
      dose.integrations = [behind]
      try await trial.load.convert(dose, seed: trial.seed)
      for importer in importers { try await importer.start() }
      do {
        try await ChaosFleet.await(seconds: 30, "a lead of \(behind)") {
          try await arrivals(at: behind, trial) >= before + dose.leads
        }
      } catch {
        await trial.complain("leads waited behind a batch that was too large (I1): \(error)")
      }
      _ = try await trial.waitUntilQuiet()
      let arrived = try await trial.fleet.pool.run(
        "select count(*) from arrival where message_id = any(\(messages)::uuid[])"
      )[0].int(0)
      let owed = bodies * leads
      if arrived < owed { await trial.complain("\(owed - arrived) leads of it never arrived (I1)") }
      if arrived > owed { await trial.complain("\(arrived - owed) leads of it arrived twice (I3)") }
      try await trial.fleet.pool.run("drop function refuse_many cascade")
      try await trial.fleet.postgres.setLocks(nil)
      await trial.recover(within: 20)
    }
  }

  /// Makes the database have no memory for more than 200 leads at once, so that several bodies, and each of
  /// them, have to be taken apart.
  private static func refuseMany(_ trial: Trial) async throws {
    try await trial.fleet.pool.run(
      """
      create function refuse_many() returns trigger language plpgsql as $$ begin
        if (select count(*) from written) > 200 then
          raise exception 'no memory for so many leads' using errcode = 'out_of_memory';
        end if;
        return null;
      end $$
      """
    )
    try await trial.fleet.pool.run(
      """
      create trigger refuse_many after insert on arrival referencing new table as written
        for each statement execute function refuse_many()
      """
    )
  }

  private static func arrivals(at integration: String, _ trial: Trial) async throws -> Int {
    try await trial.fleet.pool.run(
      "select count(*) from arrival where integration_id = \(integration)"
    )[0].int(0)
  }

  /// A list of leads as somebody with the address may post it; the settings keep all of them out, so
  /// that no stage after the importer has to do with them.
  private static func list(_ number: Int, leads: Int, seed: UInt64) -> [UInt8] {
    let list = (0..<leads).map { lead in
      ["email": .string("w\(number).\(lead).\(seed)@concorrente.com.br")] as JSON
    }
    return (["leads": .array(list)] as JSON).encoded
  }
}
