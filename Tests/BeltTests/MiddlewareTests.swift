import Logging
import Synchronization
import Testing
import Belt

struct MiddlewareTests {
  private final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Named: Middleware {
    let name: String
    let notes: Notes

    func handle(_ batch: [Message], next: any Handler) async throws -> [Outcome] {
      notes.add("\(name) in \(batch.count)")
      defer { notes.add("\(name) out") }
      return try await next.handle(batch)
    }
  }

  private struct Stage: Handler {
    let notes: Notes

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      notes.add("stage")
      return batch.map { _ in .done(follows: []) }
    }
  }

  /// Answers for the stage.
  private struct Refusing: Middleware {
    func handle(_ batch: [Message], next: any Handler) async throws -> [Outcome] {
      batch.map { _ in .reject(Reason("no", "No.")) }
    }
  }

  private let message = Message(
    id: Identifier(high: 1, low: 1),
    type: "t",
    stage: "s",
    integration: "acme",
    journey: Identifier(high: 2, low: 1),
    body: []
  )

  @Test func `the first lies outermost, and each sees the way in and the way out`() async throws {
    let notes = Notes()
    let handler = Stage(notes: notes).within(
      ["a", "b"].map { Named(name: $0, notes: notes) }
    )
    #expect(try await handler.handle([message]) == [.done(follows: [])])
    #expect(notes.all == ["a in 1", "b in 1", "stage", "b out", "a out"])
  }

  @Test func `the worker runs it around its handler, and it may answer itself`() async {
    let notes = Notes()
    let queue = InMemoryQueue([[message, message]])
    await Worker(
      queue: queue,
      handler: Stage(notes: notes),
      middleware: [Named(name: "a", notes: notes), Refusing()],
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    // Copies of one message are one to everybody within.
    #expect(notes.all == ["a in 1", "a out"])
    #expect(queue.told.withLock { $0.published.count } == 2)
  }
}
