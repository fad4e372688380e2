private import Synchronization

/// A deliberate break of one promise, to prove that the chaos harness would notice it.
///
/// Only debug builds can be sabotaged. None keeps the broker's own headers, such as `x-death`: what is
/// published is built anew from the message, whose attempts are ours, and the link takes those headers
/// out once more, so there is no one place to break and nothing to see if there were.
package enum Saboteur: String, CaseIterable, Sendable {
  case ackBeforeWork = "ack-before-work"
  case ackBeforePublish = "ack-before-publish"
  case confirmsOff = "confirms-off"
  case receiptsOff = "receipts-off"
  case followsForgotten = "follows-forgotten"
  case answerBeforeConfirm = "answer-before-confirm"
  case blindRetry = "blind-retry"
  case unknownTakenForDone = "unknown-taken-for-done"
  case payloadLogged = "payload-logged"
  case tenantLeftOut = "tenant-left-out"
  case repeatsNotKnown = "repeats-not-known"
  case olderOverwritesNewer = "older-overwrites-newer"
  case outageTakenForRefusal = "outage-taken-for-refusal"
  case neverAcknowledged = "never-acknowledged"
  case refusalDropped = "refusal-dropped"
  case fenceIgnored = "fence-ignored"
  case leaseIgnored = "lease-ignored"
  case turnsOff = "turns-off"
  case ownMarkNotKnown = "own-mark-not-known"
  case waitsInsteadOfSplitting = "waits-instead-of-splitting"

  #if DEBUG
    private static let chosen = Mutex<Saboteur?>(nil)

    /// Breaks that promise in this process, from its start on.
    package static func choose(_ saboteur: Saboteur) { chosen.withLock { $0 = saboteur } }
  #endif

  /// Always false in a release build.
  package var isOn: Bool {
    #if DEBUG
      Self.chosen.withLock { $0 } == self
    #else
      false
    #endif
  }
}
