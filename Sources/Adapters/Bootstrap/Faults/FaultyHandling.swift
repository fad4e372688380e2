#if DEBUG
  import Belt
  import Logging

  /// Ends the process when a batch is committed, and breaks the promises that handling keeps.
  struct FaultyHandling: Middleware {
    let logger: Logger

    func handle(_ batch: [Message], next: any Handler) async throws -> [Outcome] {
      if Saboteur.payloadLogged.isOn {
        for message in batch {
          logger.info(
            "payload",
            metadata: ["body": "\(String(decoding: message.body, as: UTF8.self))"]
          )
        }
      }
      do {
        let outcomes = try await next.handle(batch)
        Failpoint.hit(.committed)
        return outcomes
      } catch let failure as any Failure where Saboteur.outageTakenForRefusal.isOn {
        return batch.map { _ in .reject(failure.reason) }
      } catch let failure as any Failure
        where Saboteur.waitsInsteadOfSplitting.isOn && failure.disposition == .split
      {
        throw TakenForOutage(reason: failure.reason)
      }
    }

    /// Too much at once, waited for as if it could pass.
    private struct TakenForOutage: Failure {
      let reason: Reason
      var disposition: Disposition { .stop }
    }
  }
#endif
