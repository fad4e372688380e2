private import Synchronization

/// What is remembered of each integration's account, for as long as the process lives: nothing of it is
/// taken for that of another address or door.
final class PlaceMemories<Memory: Sendable>: Sendable {
  private struct Key: Hashable {
    let integration: String
    let place: OutsideCRM.Place
  }

  private let known = Mutex<[Key: Memory]>([:])

  func memory(of integration: String, at place: OutsideCRM.Place, new make: () -> Memory) -> Memory
  {
    known.withLock { known in
      let key = Key(integration: integration, place: place)
      let memory = known[key] ?? make()
      known[key] = memory
      return memory
    }
  }
}
