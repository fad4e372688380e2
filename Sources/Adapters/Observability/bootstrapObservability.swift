private import CoreMetrics
package import Logging

/// Sets up logs and metrics of a process; once, before the first logger is made.
///
/// The program is the binary's name, such as `esteira-ingress`; the level is the least that is written.
///
/// - Returns: The registry behind every `Counter`, `Gauge`, `Recorder` and `Timer` from now on.
package func bootstrapObservability(program: String, level: Logger.Level) -> PrometheusRegistry {
  LoggingSystem.bootstrap { _ in LogfmtHandler(program: program, level: level) }
  let registry = PrometheusRegistry()
  MetricsSystem.bootstrap(registry)
  return registry
}
