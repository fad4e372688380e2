import Belt
import Bootstrap

/// A store that can end the process at its places, and break the promise that an answer waits for it; in a
/// release build there is none.
struct FaultyStore {
  static func around(_ store: DurablePaths) -> any DurableStore {
    #if DEBUG
      FaultyStore(inner: store)
    #else
      store
    #endif
  }

  #if DEBUG
    let inner: any DurableStore
  #endif
}

#if DEBUG
  extension FaultyStore: DurableStore {
    func store(
      _ message: Message,
      deadline: ContinuousClock.Instant
    ) async -> Result<Void, DurablePaths.Failure> {
      Failpoint.hit(.received)
      if Saboteur.answerBeforeConfirm.isOn {
        Task { await stored(message, deadline: deadline) }
        return .success(())
      }
      let result = await stored(message, deadline: deadline)
      Failpoint.hit(.confirmed)
      return result
    }

    @discardableResult
    private func stored(
      _ message: Message,
      deadline: ContinuousClock.Instant
    ) async -> Result<Void, DurablePaths.Failure> {
      Failpoint.hit(.publishing)
      return await inner.store(message, deadline: deadline)
    }
  }
#endif
