internal import Hummingbird
internal import StrictJSON
internal import Synchronization

/// How a simulated system behaves where its documents leave a choice.
protocol SimulatorSettings: Sendable {
  var json: JSON { get }
  /// Takes over what is named; an unknown name or a wrong type is refused.
  mutating func merge(_ json: JSON) throws(Refusal)
}

/// The settings of one simulator, which may change while it runs.
final class RunningSettings<Settings: SimulatorSettings>: Sendable {
  private let settings: Mutex<Settings>

  init(_ settings: Settings) { self.settings = Mutex(settings) }

  func withLock<Result: Sendable, Failure: Error>(
    _ body: (inout Settings) throws(Failure) -> Result
  )
    throws(Failure) -> Result
  {
    try settings.withLock { (settings) throws(Failure) in try body(&settings) }
  }

  /// `GET` and `PUT` of `settings`; no part of the system itself.
  func addRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("settings") { _, _ in Response.json(self.withLock { $0.json }) }
    group.put("settings") { request, _ in
      let body = try await request.json()
      let merged = try self.withLock { (settings) throws(Refusal) in
        var changed = settings
        try changed.merge(body)
        settings = changed
        return changed.json
      }
      return Response.json(merged)
    }
  }
}
