import Bootstrap
import BeltStorage
import Observability
import Testing
import Belt

/// What `/readyz` of a worker says.
struct WorkerConditionTests {
  private static let queue = "esteira.q.lead-importer"

  private func failing(_ change: (inout WorkerCondition) -> Void) -> [String: String] {
    var condition = WorkerCondition(queue: Self.queue)
    change(&condition)
    return Dictionary(
      uniqueKeysWithValues: condition.checks.filter { !$0.isReady }.map { ($0.name, $0.detail) }
    )
  }

  @Test func `idle with everything there is ready, and so is a batch that takes a little`() {
    #expect(failing { _ in }.isEmpty)
    #expect(
      failing { condition in
        condition.held = 64
        condition.standstill = .seconds(20)
      }.isEmpty
    )
  }

  @Test func `both servers away are both named, though nothing is in hand`() {
    let found = failing { condition in
      condition.isConsuming = false
      condition.database.fault = "The database cannot be reached."
    }
    #expect(found.keys.sorted() == ["broker", "database"])
    #expect(found["broker"]?.contains(Self.queue) == true)
    #expect(found["database"] == "The database cannot be reached.")
  }

  @Test func `a database that says nothing any more is named with how long`() {
    let found = failing { $0.database.silence = .seconds(12) }
    #expect(found == ["database": "PostgreSQL has not answered for 12 s."])
  }

  @Test func `work that waits for a lock is not ready, and the lock is named`() {
    let found = failing { condition in
      condition.held = 20
      condition.standstill = .seconds(7)
      condition.database.lock = "a lock on lead that process 4711 (psql) holds"
    }
    #expect(
      found == [
        "work":
          "20 messages are in hand and none has ended for 7 s; they wait for: a lock on lead that process 4711 (psql) holds."
      ]
    )
  }

  @Test func `work that stands still for long is not ready without a known cause either`() {
    let found = failing { condition in
      condition.held = 1
      condition.standstill = .seconds(31)
    }
    #expect(found.keys.sorted() == ["work"])
  }

  @Test func `a queue that takes nothing is named, and nobody blames the database`() {
    let found = failing { condition in
      condition.refused = ["The queue esteira.q.parked is missing. Run: esteira topology apply"]
    }
    #expect(found.keys.sorted() == ["queues"])
    #expect(found["queues"]?.contains("esteira.q.parked") == true)
  }

  @Test(arguments: [
    (Reason("database_away", "The database cannot be reached."), "database"),
    (Reason("broker_blocked", "The broker lacks memory or disk and takes no messages."), "broker"),
    (Reason("broker_unconfirmed", "The queue x did not confirm a message: late."), "broker"),
  ])
  func `what the work in hand waits for is put down to the right server`(
    reason: Reason,
    check: String
  ) {
    #expect(failing { $0.waitsFor = reason } == [check: reason.sentence])
  }

  @Test func `a broker without memory is named as such`() {
    #expect(
      failing { $0.isBlocked = true }
        == ["broker": "RabbitMQ lacks memory or disk and takes no messages."]
    )
  }

  @Test func `a restart is asked for only where it would help`() {
    var condition = WorkerCondition(queue: Self.queue)
    #expect(!condition.isExcused)
    condition.database.lock = "a lock on lead that process 1 holds"
    #expect(condition.isExcused)
    condition.database = DatabaseWatch.View(silence: .seconds(60))
    #expect(condition.isExcused)
  }
}
