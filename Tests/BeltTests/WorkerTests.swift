import Logging
import Synchronization
import Testing
import Belt

struct WorkerTests {
  /// A handler that does what a closure says, and counts.
  final class Scripted: Handler {
    let sizes = Mutex<[Int]>([])
    let script: @Sendable ([Message], Int) throws -> [Outcome]

    init(_ script: @escaping @Sendable ([Message], Int) throws -> [Outcome]) {
      self.script = script
    }

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      let call = sizes.withLock { sizes in
        sizes.append(batch.count)
        return sizes.count
      }
      return try script(batch, call)
    }
  }

  struct Broken: Failure {
    let disposition: Disposition
    var reason: Reason { Reason("broken", "It broke.") }
  }

  private func message(_ number: UInt64) -> Message {
    Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "s",
      integration: "acme",
      journey: Identifier(high: 2, low: number),
      body: []
    )
  }

  private func work(
    _ queue: InMemoryQueue,
    _ handler: Scripted,
    budget: any RetryBudget = UnlimitedRetries(),
    suspects: any SuspectBook = NoSuspectBook(),
    pause: Pause = Pause { _ in }
  ) async -> InMemoryQueue.Told {
    await Worker(
      queue: queue,
      handler: handler,
      budget: budget,
      suspects: suspects,
      pause: pause,
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    return queue.told.withLock { $0 }
  }

  @Test func `what follows is published before the delivery is acknowledged`() async {
    let next = message(9)
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: [next]) } }
    let told = await work(InMemoryQueue([[message(1), message(2)]]), handler)
    #expect(told.published == [Outgoing(next), Outgoing(next)])
    #expect(told.acknowledged == [1, 2])
  }

  @Test func `a delivery is not acknowledged until the broker has what follows`() async {
    let handler = Scripted { [next = message(9)] batch, _ in
      batch.map { _ in .done(follows: [next]) }
    }
    let told = await work(InMemoryQueue([[message(1)]], failingToPublish: 3), handler)
    #expect(told.published.count == 1)
    #expect(told.acknowledged == [1])
    #expect(handler.sizes.withLock { $0 } == [1])
  }

  @Test func `copies of one message in a batch are handled once and end the same`() async {
    let handler = Scripted { batch, _ in batch.map { .reject(Reason("n\($0.id.low)", "No.")) } }
    let told = await work(InMemoryQueue([[message(1), message(2), message(1)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [2])
    let codes = told.published.map { outgoing -> String in
      guard case .parking(let reason) = outgoing.destination else { return "" }
      return reason.code
    }
    #expect(codes == ["n1", "n2", "n1"])
    #expect(told.acknowledged.count == 3)
  }

  @Test func `a batch that fails as a whole is split, and the healthy ones pass`() async {
    let bad = message(2)
    let handler = Scripted { batch, _ in
      if batch.contains(bad) { throw Broken(disposition: .reject) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(InMemoryQueue([[message(1), bad, message(3)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [3, 1, 1, 1])
    #expect(told.acknowledged == [1, 2, 3])
    #expect(told.published == [Outgoing(bad, to: .parking(Reason("broken", "It broke.")))])
  }

  @Test func `while the footing is gone the messages are kept, and handled once it is back`() async
  {
    let handler = Scripted { batch, call in
      if call < 4 { throw Broken(disposition: .stop) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(InMemoryQueue([[message(1), message(2)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [2, 2, 2, 2])
    #expect(told.acknowledged == [1, 2])
    #expect(told.givenBack.isEmpty)
  }

  @Test func `a stop during the wait for footing gives the messages back`() async {
    let handler = Scripted { _, _ in throw Broken(disposition: .stop) }
    let told = await work(
      InMemoryQueue([[message(1)]]),
      handler,
      pause: Pause { _ in throw CancellationError() }
    )
    #expect(told.givenBack == [1])
    #expect(told.acknowledged.isEmpty)
  }

  @Test func `an unknown error is retried, and its text goes nowhere`() async throws {
    struct Secret: Error {}
    let handler = Scripted { _, _ in throw Secret() }
    let told = await work(InMemoryQueue([[message(1)]]), handler)
    let out = try #require(told.published.first)
    #expect(out.message.attempt == 2)
    #expect(out.message.cause == "unexpected_error")
    #expect(told.acknowledged == [1])
  }

  @Test func `a message whose wait is not over goes on waiting, and nobody handles it`() async {
    var early = message(1)
    early.wait = 40
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: []) } }
    let told = await work(InMemoryQueue([[early, message(2)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [1])
    var copy = message(1)
    copy.wait = 10
    #expect(told.published == [Outgoing(copy, to: .delay(.seconds30))])
    #expect(told.acknowledged.sorted() == [1, 2])
  }

  /// Grants so many retries of each integration, whatever comes.
  struct Grants: RetryBudget {
    let retries: Int
    func spend(_ uses: [String: RetryUse]) -> [String: Int] {
      uses.mapValues { min(retries, $0.retries) }
    }
  }

  @Test func `retries over the budget count no attempt, and none is lost`() async {
    let handler = Scripted { batch, _ in batch.map { _ in .retry(Reason("down", "It is down.")) } }
    let told = await work(
      InMemoryQueue([(1...10).map { message($0) }]),
      handler,
      budget: Grants(retries: 3)
    )
    #expect(told.published.map(\.message.attempt) == [2, 2, 2, 1, 1, 1, 1, 1, 1, 1])
    #expect(told.published.map(\.message.deferrals) == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    #expect(told.acknowledged.count == 10)
  }

  /// Writes down who is asked about, and lets nobody begin whose number is in `poison`.
  final class Book: SuspectBook {
    let lines = Mutex<[String]>([])
    let poison: Set<UInt64>
    init(poison: Set<UInt64> = []) { self.poison = poison }
    func mayBegin(_ message: Message) -> Bool {
      lines.withLock { $0.append("begin \(message.id.low)") }
      return !poison.contains(message.id.low)
    }
    func ended(_ message: Message) { lines.withLock { $0.append("end \(message.id.low)") } }
  }

  @Test func `nobody is suspected who was never redelivered`() async {
    let book = Book()
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: []) } }
    _ = await work(
      InMemoryQueue([[message(1)], [message(2), message(3)]]),
      handler,
      suspects: book
    )
    #expect(book.lines.withLock { $0 } == [])
  }

  @Test func `a redelivered message is written down around its handling, and poison is parked`()
    async
  {
    let book = Book(poison: [2])
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: []) } }
    let queue = InMemoryQueue([[message(1)], [message(2)], [message(3)]], redelivered: true)
    let told = await work(queue, handler, suspects: book)
    #expect(handler.sizes.withLock { $0 } == [1, 1])
    #expect(told.published == [Outgoing(message(2), to: .parking(.poison))])
    #expect(told.acknowledged == [1, 2, 3])
    #expect(
      book.lines.withLock { $0 } == ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]
    )
  }

  @Test func `a wait for footing counts one start of a suspect`() async {
    let book = Book()
    let handler = Scripted { batch, call in
      if call < 4 { throw Broken(disposition: .stop) }
      return batch.map { _ in .done(follows: []) }
    }
    _ = await work(InMemoryQueue([[message(1)]], redelivered: true), handler, suspects: book)
    #expect(book.lines.withLock { $0 } == ["begin 1", "end 1"])
  }

  /// Knows some from an earlier crash.
  final class Batches: SuspectBook {
    let lines = Mutex<[String]>([])
    let known: Set<UInt64>
    init(known: Set<UInt64>) { self.known = known }
    private func note(_ word: String, _ messages: [Message]) {
      lines.withLock {
        $0.append("\(word) \(messages.map { "\($0.id.low)" }.joined(separator: ","))")
      }
    }
    func begin(_ messages: [Message]) -> Set<Identifier> {
      note("together", messages)
      return Set(messages.map(\.id).filter { known.contains($0.low) })
    }
    func mayBegin(_ message: Message) -> Bool {
      note("alone", [message])
      return true
    }
    func ended(_ message: Message) { note("end", [message]) }
    func ended(_ messages: [Message]) { note("end", messages) }
  }

  @Test func `what a crash left is handled together, but alone who was there at two`() async {
    let book = Batches(known: [3])
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: []) } }
    let queue = InMemoryQueue([(1...4).map { message($0) }], redelivered: true)
    let told = await work(queue, handler, suspects: book)
    #expect(handler.sizes.withLock { $0 } == [3, 1])
    #expect(told.acknowledged == [1, 2, 4, 3])
    #expect(book.lines.withLock { $0 } == ["together 1,2,3,4", "end 1,2,4", "alone 3", "end 3"])
  }

  @Test func `suspects that fail as a batch are tried alone, each with its start written down`()
    async
  {
    let book = Batches(known: [])
    let handler = Scripted { batch, _ in
      if batch.count > 1 { throw Broken(disposition: .reject) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(
      InMemoryQueue([[message(1), message(2)]], redelivered: true),
      handler,
      suspects: book
    )
    #expect(told.acknowledged == [1, 2])
    #expect(
      book.lines.withLock { $0 }
        == ["together 1,2", "end 1,2", "alone 1", "end 1", "alone 2", "end 2"]
    )
  }

  /// As a database does: in a task that is cancelled it answers nothing.
  final class Cancellable: SuspectBook {
    let open = Mutex<Set<UInt64>>([])
    let known: Bool
    init(knowsAll known: Bool) { self.known = known }
    func begin(_ messages: [Message]) -> Set<Identifier> {
      if known { return Set(messages.map(\.id)) }
      open.withLock { $0.formUnion(messages.map(\.id.low)) }
      return []
    }
    func mayBegin(_ message: Message) -> Bool {
      open.withLock { _ = $0.insert(message.id.low) }
      return true
    }
    func ended(_ message: Message) throws {
      try Task.checkCancellation()
      open.withLock { _ = $0.remove(message.id.low) }
    }
  }

  @Test(arguments: [true, false])
  func `an orderly stop suspects nobody of having ended the process`(areAlone: Bool) async {
    let book = Cancellable(knowsAll: areAlone)
    let queue = InMemoryQueue([[message(1), message(2)]], redelivered: true)
    let handler = Scripted { _, _ in throw Broken(disposition: .stop) }
    let task = Task {
      await work(
        queue,
        handler,
        suspects: book,
        pause: Pause { _ in
          withUnsafeCurrentTask { $0?.cancel() }
          throw CancellationError()
        }
      )
    }
    #expect(await task.value.givenBack.sorted() == [1, 2])
    #expect(book.open.withLock { $0 } == [])
  }
}
