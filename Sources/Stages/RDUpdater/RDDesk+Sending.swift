import BeltStorage
import Leads
import RDStation
import Belt

/// What of one integration is still to be sent, how long it is ours to send, and what became of the rest.
struct RDSending: Sendable {
  var left: [RDDesk.Item] = []
  var lease: Lease
  /// That of the batch.
  let end: ContinuousClock.Instant
  var results: [Identifier: RDTold] = [:]

  init(lease: Lease, end: ContinuousClock.Instant) {
    self.lease = lease
    self.end = end
  }

  mutating func end(_ items: [RDDesk.Item], _ told: (RDPlan) -> RDTold) {
    for item in items { results[item.message.id] = told(item.plan) }
    let ended = Set(items.map(\.message.id))
    left.removeAll { ended.contains($0.message.id) }
  }
}

extension RDDesk {
  func send(_ sending: inout RDSending, in integration: String) async {
    guard !sending.left.isEmpty, !isOver(&sending) else { return }
    // A look takes time and gives no lease: what it found missing is nobody's to send yet.
    if sending.lease.isWorn || sending.left.contains(where: \.plan.progress.isUnknown) {
      await renew(&sending)
    }
    let all = sending.left
    let lease = sending.lease
    guard !all.isEmpty else { return }
    guard let error = await call(all, in: integration, lease) else {
      return sending.end(all) { .told($0.update) }
    }
    guard all.count > 1, error.meaning == .refused || error.limitsOneRecord else {
      return sending.end(all) { told($0, error) }
    }
    // One bad event, or one person's quota, must not keep the others: certain that nothing was done,
    // each goes alone.
    while !sending.left.isEmpty, !isOver(&sending) {
      if sending.lease.isWorn { await renew(&sending) }
      let next = Array(sending.left.prefix(1))
      guard !next.isEmpty else { return }
      let lease = sending.lease
      let error = await call(next, in: integration, lease)
      sending.end(next) { plan in
        error.map { told(plan, $0) } ?? .told(plan.update)
      }
    }
  }

  /// Whether the batch has no time left; what is not sent then waits.
  private func isOver(_ sending: inout RDSending) -> Bool {
    guard ContinuousClock.now >= sending.end else { return false }
    sending.end(sending.left) { .tooLate($0) }
    return true
  }

  /// Makes one call; nil when RD Station took all of it.
  private func call(_ items: [Item], in integration: String, _ lease: Lease) async
    -> CallError?
  {
    do throws(CallError) {
      Failpoint.hit(.requestSent)
      try await client.send(
        items.flatMap { $0.plan.events(of: $0.message) },
        for: integration,
        before: lease.end
      )
      Failpoint.hit(.answered)
      return nil
    } catch {
      return error
    }
  }

  private func told(_ plan: RDPlan, _ error: CallError) -> RDTold {
    if Saboteur.unknownTakenForDone.isOn { return .told(plan.update) }
    if error.cause == .late { return .tooLate(plan) }
    return RDTold(error, unsent: plan.unsent)
  }

  /// Takes what is left in hand for a whole lease, as far as nobody else has.
  private func renew(_ sending: inout RDSending) async {
    sending.lease = Lease()
    let all = sending.left
    do {
      let ours = try await database.renew(all.map { ($0.message, $0.plan.generation) })
      sending.end(all.filter { !ours.contains($0.message.id) }) { _ in .takenOver }
    } catch {
      // Without the database the call would not be ours for sure; it is not made.
      sending.end(all) { .tooLate($0) }
    }
  }
}
