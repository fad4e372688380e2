import Foundation
import StrictJSON
import Bootstrap

/// Sets each saboteur loose in a fleet of its own, and looks whether the test that guards the promise
/// complains of that promise.
struct Hunt {
  struct Catch: Sendable {
    let saboteur: Saboteur
    /// Everything that the test complained of.
    let complaints: [String]
    let seconds: Double

    /// Any failure would do for a test that fails; only its own promise shows that it was the saboteur.
    var isCaught: Bool {
      complaints.contains { complaint in
        saboteur.evidence.contains { complaint.contains($0) }
      }
    }

    var json: JSON {
      [
        "saboteur": .string(saboteur.rawValue), "test": .string(saboteur.catcher),
        "caught": .bool(isCaught), "complaints": .array(complaints.map(JSON.string)),
        "seconds": .number(Report.text(seconds)),
      ]
    }

    var row: String {
      let name = saboteur.rawValue.padding(toLength: 26, withPad: " ", startingAt: 0)
      let test = saboteur.catcher.padding(toLength: 7, withPad: " ", startingAt: 0)
      let said = complaints.isEmpty ? "no complaint" : complaints.joined(separator: "; ")
      return "\(name) \(test) \(isCaught ? "" : "NOT CAUGHT: ")\(said)"
    }
  }

  let run: LaneRun

  func hunt(_ saboteur: Saboteur) async -> Catch {
    let begin = ContinuousClock.now
    var complaints: [String] = []
    do {
      let report = try await run.run(only: [saboteur.catcher], saboteur: saboteur)
      complaints = report.results.flatMap(\.verdict.complaints)
    } catch {
      complaints = ["the fleet did not come up: \(error)"]
    }
    return Catch(
      saboteur: saboteur,
      complaints: complaints,
      seconds: (ContinuousClock.now - begin) / .seconds(1)
    )
  }
}

extension Saboteur {
  /// The test whose promise it breaks.
  var catcher: String {
    switch self {
    case .ackBeforeWork, .ackBeforePublish, .followsForgotten, .answerBeforeConfirm: "T1-ack"
    case .confirmsOff: "T8"
    case .blindRetry, .unknownTakenForDone: "T19"
    case .receiptsOff, .tenantLeftOut, .repeatsNotKnown, .neverAcknowledged: "T24"
    case .payloadLogged, .olderOverwritesNewer, .turnsOff: "T25"
    case .outageTakenForRefusal: "T11"
    case .refusalDropped: "T18"
    case .fenceIgnored, .leaseIgnored: "T3"
    case .ownMarkNotKnown: "T47"
    case .waitsInsteadOfSplitting: "T48"
    }
  }

  /// What a complaint about that promise says; one of these will do.
  var evidence: [String] {
    switch self {
    case .ackBeforeWork, .ackBeforePublish, .followsForgotten, .confirmsOff, .neverAcknowledged,
      .receiptsOff:
      ["(I1)", "(I4)"]
    case .answerBeforeConfirm, .tenantLeftOut, .repeatsNotKnown: ["(I1)"]
    case .blindRetry, .leaseIgnored: ["(I3)"]
    case .unknownTakenForDone: ["not told of (I4)"]
    case .payloadLogged: ["(I13)"]
    case .olderOverwritesNewer, .turnsOff: ["(I5)"]
    // As long as anything waits, what was parked is not recorded as dead letters.
    case .outageTakenForRefusal: ["dead letters", "(I1)"]
    case .refusalDropped: ["(I4)", "(I7)"]
    case .fenceIgnored: ["lost their lease"]
    case .ownMarkNotKnown: ["second opportunity"]
    case .waitsInsteadOfSplitting: ["(I1)", "quiet"]
    }
  }
}
