private import CEvents
private import Glibc
private import Synchronization

/// One POSIX thread that runs the jobs of one actor and, between them, serves one descriptor.
///
/// C handles that are not thread-safe and whose calls block (librabbitmq, libpq) belong to an actor
/// whose executor is such a thread, so nothing else touches the handle and the shared pool of Swift
/// threads never stalls. The thread owns itself until ``stop()``: an actor may keep a reference
/// without a cycle, and must call ``stop()`` when it gives up the handle.
package final class DedicatedThread: SerialExecutor, Sendable {
  /// What the thread does with its descriptor whenever it has run the waiting jobs.
  ///
  /// Returns how long the thread may sleep when nothing arrives, in milliseconds; nil means until
  /// the next job or input.
  package typealias Pump = @Sendable () -> Int32?

  private struct State {
    var jobs: [UnownedJob] = []
    var descriptor: Int32?
    var pump: Pump?
    var stopped = false
    var running = true
    var asleep = false
    /// Somebody asked for a turn of the pump while the thread was awake.
    var woken = false
  }

  private let name: String
  private let state = Mutex(State())
  private let wakeUp: Int32
  private let identity = Atomic<UInt>(0)

  /// Starts the thread.
  ///
  /// - Parameter name: At most 15 characters are shown by `ps` and `top`.
  package init(name: String) {
    self.name = name
    wakeUp = esteira_eventfd()
    precondition(wakeUp >= 0, "no file descriptor left for the thread \(name)")
    start()
  }

  deinit { close(wakeUp) }

  /// Watches a descriptor with a pump that runs on this thread.
  ///
  /// It runs when the descriptor is readable, after each round of jobs, when woken, and when the
  /// time that it last returned has passed. A negative descriptor is never readable; the pump then
  /// serves timers only.
  package func watch(_ descriptor: Int32, pump: @escaping Pump) {
    state.withLock {
      $0.descriptor = descriptor
      $0.pump = pump
    }
    wake()
  }

  /// Stops watching; call before the descriptor is closed.
  package func unwatch() {
    state.withLock {
      $0.descriptor = nil
      $0.pump = nil
    }
  }

  /// Makes the pump run soon, from any thread; several calls may share one turn.
  package func wake() {
    let asleep = state.withLock { state in
      state.woken = true
      defer { state.asleep = false }
      return state.asleep
    }
    if asleep { interruptSleep() }
  }

  /// Lets the thread end once the jobs that are waiting have run.
  ///
  /// A job that arrives later starts the thread again for as long as it takes, so a late call on
  /// the actor is answered instead of waiting for ever.
  package func stop() {
    state.withLock { $0.stopped = true }
    wake()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    // The job may be done, and the last reference to this thread gone with it, before this call
    // is; the caller holds none.
    let held = Unmanaged.passRetained(self)
    defer { held.release() }
    let unowned = UnownedJob(job)
    let (asleep, ended) = state.withLock { state in
      state.jobs.append(unowned)
      defer {
        state.asleep = false
        state.running = true
      }
      return (state.asleep, !state.running)
    }
    if ended {
      start()
    } else if asleep {
      interruptSleep()
    }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  package func isIsolatingCurrentContext() -> Bool? {
    identity.load(ordering: .acquiring) == UInt(pthread_self())
  }

  package func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "called from another thread")
  }

  private func start() {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    let code = pthread_create(&thread, nil, threadEntry, box.toOpaque())
    precondition(code == 0, "the system refused a thread for \(name)")
    pthread_detach(thread)
  }

  private func interruptSleep() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  fileprivate func run() {
    esteira_name_thread(name)
    identity.store(UInt(pthread_self()), ordering: .releasing)
    var jobs: [UnownedJob] = []
    while takeJobs(into: &jobs) {
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      let pump = state.withLock { $0.pump }
      let timeout = pump?()
      sleep(timeout: timeout ?? -1)
    }
  }

  /// False when the thread has to end; from then on the next job starts another one.
  private func takeJobs(into jobs: inout [UnownedJob]) -> Bool {
    jobs.removeAll(keepingCapacity: true)
    return state.withLock { state in
      state.woken = false
      guard state.jobs.isEmpty, state.stopped else {
        swap(&jobs, &state.jobs)
        return true
      }
      // The system may give this thread's identity to another one.
      identity.store(0, ordering: .releasing)
      state.running = false
      return false
    }
  }

  private func sleep(timeout: Int32) {
    let descriptor: Int32? = state.withLock { state in
      guard state.jobs.isEmpty, !state.stopped, !state.woken else { return nil }
      state.asleep = true
      return state.descriptor ?? -1
    }
    guard let descriptor else { return }
    // A negative descriptor is ignored by poll.
    var watched = (
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    )
    withUnsafeMutableBytes(of: &watched) { bytes in
      _ = poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, timeout)
    }
    state.withLock { $0.asleep = false }
    guard watched.0.revents != 0 else { return }
    var count: UInt64 = 0
    _ = read(wakeUp, &count, 8)
  }
}

// A top-level function: a closure here could inherit an actor's isolation and trap on this thread.
private func threadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<DedicatedThread>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
