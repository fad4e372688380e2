import StrictJSON
import Testing

@testable import Operations
@testable import Operator
@testable import CommandLineInterface
@testable import WorkQueues

struct WaitingImportTests {
  private static let ledger = Ledger(
    integration: "acme",
    received: 1,
    done: 1,
    ignored: 0,
    ignoredByReason: [],
    dead: 0,
    parked: 0,
    inFlight: 0,
    opportunities: 1,
    rdUpdates: 1,
    unknownEffects: 0,
    held: 0,
    otherDead: 0
  )

  @Test func `the ledger says how much was accepted that nobody has imported`() {
    let backlog = ImportBacklog(queued: 5, inHand: 20, delayed: 1)
    #expect(
      LedgerText.text(of: backlog)
        == "accepted and not yet imported, of all integrations: 26 with the broker (5 queued, 20 in hand, 1 waiting for another try); what waits on ingress' own disk, its /readyz tells"
    )
    #expect(
      Self.ledger.json(waitingForImport: backlog)["fleet_waiting_for_import"] == .number(26)
    )
  }

  @Test func `without the broker it is unknown, and never nothing`() {
    #expect(LedgerText.text(of: nil).contains("unknown"))
    #expect(Self.ledger.json(waitingForImport: nil)["fleet_waiting_for_import"] == .null)
  }
}
