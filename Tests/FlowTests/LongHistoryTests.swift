import BeltStorage
import Leads
import Postgres
import TestKit
import Testing
import Belt

/// A lead with a history of hundreds of events.
@Suite(.timeLimit(.minutes(2)))
struct LongHistoryTests {
  @Test func `an event waits for the one before it, however many arrived since by another clock`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let webhook = [webhooks.conversion(1, minute: 1), webhooks.conversion(1, minute: 2)]
      let messages = try await belt.follows(
        .centralizer,
        try await belt.follows(.leadImporter, webhook)
      )
      try await belt.pool.run(
        """
        with made as (
          insert into conversion (integration_id, id, lead_id, journey_id, kind, arrived_at,
            first_import, place)
          select l.integration_id, gen_random_uuid(), l.id, gen_random_uuid(), 'conversion',
            now() + interval '1 hour', false, 0
          from lead l cross join generate_series(1, 250)
          returning integration_id, journey_id
        )
        insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows,
          follow_ids)
        select integration_id, gen_random_uuid(), \(Flow.opportunityCreator.stage), journey_id,
          'done', '[]', '{}' from made
        """
      )
      let creator = try belt.handler(.opportunityCreator)
      #expect(try await creator.handle([messages[1]])[0].waitsFor == "earlier_event_first")
    }
  }
}
