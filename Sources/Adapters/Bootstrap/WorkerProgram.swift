private import Glibc
package import BeltStorage
package import Leads
private import Logging
private import Observability
private import Postgres
private import ServiceLifecycle
package import Belt

/// One worker of the fleet, from its settings to its drain; every worker's `main` is one call of this.
package enum WorkerProgram {
  /// Runs a stage until SIGTERM or SIGINT, then drains: takes no more, finishes what it holds, exits
  /// within 25 s.
  ///
  /// Exits 1 when something cannot go on (an address in use, a schema older than the program), 2 when the
  /// settings are wrong; each says what to do.
  ///
  /// `lanes`: batches in hand at once where the settings do not say; more than one only helps stages
  /// that wait for the outside.
  /// `makeStage`: opens nothing that the stage does not name.
  package static func run<S: Stage>(lanes: Int = 1, makeStage: @Sendable (Resources) -> S) async {
    await run(S.flow, lanes: lanes) { resources in
      StageRunner(Faults.around(makeStage(resources)), pool: resources.pool)
    }
  }

  package static func run(
    _ stage: Flow,
    lanes: Int = 1,
    makeHandler: @Sendable (Resources) -> any Handler
  ) async {
    FaultArming.arm()
    let settings: FleetSettings
    do throws(SettingsProblems) {
      settings = try await FleetSettings.load(needs: [.broker, .database, .secret])
    } catch {
      error.exit()
    }
    let registry = bootstrapObservability(program: stage.program, level: settings.logLevel)
    let logger = Logger(label: stage.program)
    let resources = Resources(settings: settings, logger: logger)
    do {
      try await resources.waitForSchema()
    } catch {
      logger.critical("cannot start", metadata: [LogKey.reason: "\(error)"])
      exit(1)
    }
    let worker = RunningWorker(
      stage: stage,
      settings: settings,
      lanes: settings.lanes ?? lanes,
      handler: makeHandler(resources),
      resources: resources,
      logger: logger
    )
    // Every stage that calls RD Station looks after the logins; the others need none.
    let watch = stage.callsRDStation ? LoginWatch(resources, logger: logger) : nil
    let health = HealthServer(
      host: settings.healthListen.host,
      port: settings.healthListen.port,
      pages: HealthPages(
        metrics: registry,
        liveness: { await worker.isAlive() },
        readiness: {
          worker.readiness
            + (watch?.note.map { [ReadinessCheck("logins", isReady: true, note: $0)] } ?? [])
        }
      ),
      logger: logger
    )
    // The worker stops first, while its connections still work.
    let services: [any Service] = [health] + (watch.map { [$0] } ?? []) + worker.services
    await ServiceGroup.runToItsEnd(services, logger: logger)
    await resources.close()
  }
}
