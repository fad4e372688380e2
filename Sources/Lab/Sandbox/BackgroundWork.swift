private import ServiceLifecycle

/// Work that goes on after its request was answered, such as webhooks; ends with the program.
final class BackgroundWork: Service {
  private let jobs: AsyncStream<@Sendable () async -> Void>
  private let queue: AsyncStream<@Sendable () async -> Void>.Continuation

  init() { (jobs, queue) = AsyncStream.makeStream() }

  func start(_ job: @escaping @Sendable () async -> Void) { queue.yield(job) }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        for await job in self.jobs { group.addTask { await job() } }
        group.cancelAll()
      }
    }
  }
}
