#if DEBUG
  import OutsideCalls
  import RDStation

  /// Permits that can end the process around a call that acts once.
  struct FaultyPermits: CallPermits {
    let inner: any CallPermits

    func permit(_ quota: Quota, of integration: String) async throws(NoPermit) -> CallPermit {
      let permit = try await inner.permit(quota, of: integration)
      // Between it and the call lies only the look at the lease.
      if quota.isOfCallsThatActOnce { Failpoint.hit(.requestSent) }
      return permit
    }

    func ended(_ permit: CallPermit, _ ending: CallPermit.Ending) async {
      if permit.quota.isOfCallsThatActOnce, ending != .unused { Failpoint.hit(.answered) }
      await inner.ended(permit, ending)
    }
  }

  extension Quota {
    /// Reads and what may be repeated have others.
    fileprivate var isOfCallsThatActOnce: Bool { self == .events }
  }
#endif
