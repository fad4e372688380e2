private import BeltStorage
import Leads
import Logging
import Observability
private import Postgres
private import RabbitMQ
import ServiceLifecycle
private import Synchronization
private import WorkQueues
import Belt

/// A stage's worker with its connections, as services that start and stop in order.
struct RunningWorker: Sendable {
  private let stage: Flow
  private let consumer: Consumer
  private let publisher: Publisher
  private let queue: BrokerQueue
  private let progress: WorkerProgress
  private let worker: Worker
  private let watch: DatabaseWatch
  private let pulse = Pulse()

  init(
    stage: Flow,
    settings: FleetSettings,
    lanes: Int,
    handler: any Handler,
    resources: Resources,
    logger: Logger
  ) {
    self.stage = stage
    watch = DatabaseWatch(pool: resources.pool, logger: logger)
    // Each lane may hold one batch and find the next one ready. Integrations share this stretch of the
    // queue by turns; what lies behind it waits for its place, as the broker's queue is first in,
    // first out. Messages that wait here for their turn take up to half of it.
    let prefetch = settings.prefetch ?? settings.batchMax * lanes * 2
    consumer = Consumer(
      settings.brokerEndpoint,
      queue: Topology.queue(of: stage),
      prefetch: UInt16(prefetch),
      logger: logger
    )
    publisher = Publisher(settings.brokerEndpoint, logger: logger)
    progress = WorkerProgress(stage: stage.stage, now: currentMilliseconds)
    queue = BrokerQueue(stage: stage.stage, consumer: consumer, publisher: publisher)
    worker = Worker(
      queue: Faults.around(queue),
      handler: handler,
      middleware: Faults.middleware(logger),
      budget: PressureRetryBudget(of: stage, pool: resources.pool),
      suspects: PressureSuspects(of: stage, pool: resources.pool),
      options: Worker.Options(batchMax: settings.batchMax, lanes: lanes, waitingMax: prefetch / 2),
      progress: progress,
      logger: logger
    )
  }

  /// From what the others need to what needs the others.
  var services: [any Service] {
    [
      Watching {
        await watch.run { [progress] in progress.standstill > .seconds(2) }
      },
      Running {
        await publisher.run()
      } stop: {
        await publisher.shutdown()
      },
      Running {
        await consumer.run()
      } stop: {
        await consumer.shutdown()
      },
      Running {
        await worker.run()
      } stop: {
        await queue.stopTaking()
      },
    ]
  }

  var readiness: [ReadinessCheck] { condition.checks }

  private var condition: WorkerCondition {
    var condition = WorkerCondition(queue: Topology.queue(of: stage))
    condition.isConsuming = consumer.isConnected
    condition.isPublishing = publisher.isConnected
    condition.isBlocked = publisher.isBlocked
    condition.refused = progress.refused
    condition.database = watch.view
    condition.waitsFor = progress.waitsFor
    condition.held = progress.held
    condition.standstill = progress.standstill
    return condition
  }

  /// False when work is in hand, all that it needs is there, and none of it has ended for two minutes.
  func isAlive() async -> Bool {
    pulse.isBeating(
      settled: progress.settled + progress.answers,
      held: progress.held,
      hasFooting: !condition.isExcused
    )
  }
}

/// Tells work that takes long from work that has stopped.
private final class Pulse: Sendable {
  private struct State {
    var settled = 0
    var since = ContinuousClock.now
  }

  private let state = Mutex(State())

  func isBeating(settled: Int, held: Int, hasFooting: Bool) -> Bool {
    state.withLock { state in
      if settled != state.settled || held == 0 || !hasFooting {
        state.settled = settled
        state.since = .now
      }
      return ContinuousClock.now - state.since < .seconds(120)
    }
  }
}
