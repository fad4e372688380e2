import BeltStorage
import Leads
import Logging
import Postgres
import Samples
import Synchronization
import TestKit
import Testing
import Belt
import Operations

@testable import LeadImporter

/// The importer's queue in memory: what is published to the importer itself comes back to it.
final class ImporterQueue: WorkQueue {
  struct State: Sendable {
    var waiting: [Message]
    var published: [Outgoing] = []
    var acknowledged = 0
    var givenBack: [Message] = []
  }

  let state: Mutex<State>

  init(_ messages: [Message]) { state = Mutex(State(waiting: messages)) }

  func next(max: Int) async -> [Delivery] {
    state.withLock { state in
      let batch = state.waiting.prefix(max)
      state.waiting.removeFirst(batch.count)
      return batch.map { Delivery(content: .success($0), token: $0.id) }
    }
  }

  func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>] {
    state.withLock { state in
      for outgoing in messages {
        if outgoing.destination == .stage, outgoing.message.stage == Flow.leadImporter.stage {
          state.waiting.append(outgoing.message)
        } else {
          state.published.append(outgoing)
        }
      }
    }
    return messages.map { _ in .success(()) }
  }

  func acknowledge(_ deliveries: [Delivery]) async {
    state.withLock { $0.acknowledged += deliveries.count }
  }

  func giveBack(_ deliveries: [Delivery]) async {
    state.withLock { state in
      state.givenBack += deliveries.compactMap { try? $0.content.get() }
    }
  }
}

/// A database of its own with two integrations, `acme` and `beta`.
func withImporter(
  url: String? = nil,
  _ change: (inout PostgresOptions) -> Void = { _ in },
  _ body: (PostgresPool) async throws -> Void
) async throws {
  let url = if let url { url } else { try await migratedDatabase() }
  let logger = Logger(label: "importer") { _ in SwiftLogNoOpLogHandler() }
  let migrating = PostgresPool(url: url, size: 1, logger: logger)
  try await Migrator(pool: migrating).migrate()
  for name in ["acme", "beta"] {
    _ = try await SettingsVersions(pool: migrating).apply(
      .flow(name),
      source: "test",
      actor: "test"
    )
  }
  await migrating.shutdown()
  var options = PostgresOptions(url: url, size: 4)
  change(&options)
  let pool = PostgresPool(options, logger: logger)
  let result: Result<Void, any Error>
  do {
    result = .success(try await body(pool))
  } catch {
    result = .failure(error)
  }
  await pool.shutdown()
  try result.get()
}

/// Runs the importer's worker until its queue is empty.
func importing(_ messages: [Message], _ pool: PostgresPool, pause: Pause = .real) async
  -> ImporterQueue.State
{
  let queue = ImporterQueue(messages)
  await Worker(
    queue: queue,
    handler: StageRunner(LeadImporterStage(), pool: pool),
    pause: pause,
    progress: WorkerProgress(stage: Flow.leadImporter.stage, now: { 0 }),
    logger: Logger(label: "importer") { _ in SwiftLogNoOpLogHandler() }
  ).run()
  return queue.state.withLock { $0 }
}

extension ImporterQueue.State {
  /// The messages to the next stage.
  var follows: [Message] {
    published.filter { $0.destination == .stage && $0.message.stage == Flow.centralizer.stage }
      .map(\.message)
  }

  /// What waits for another attempt or another look.
  var delayed: [Message] {
    published.filter { if case .delay = $0.destination { true } else { false } }.map(\.message)
  }

  /// Why messages were given up.
  var parked: [String] {
    published.compactMap {
      if case .parking(let reason) = $0.destination { reason.code } else { nil }
    }
  }
}
