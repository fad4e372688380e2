internal import Hummingbird
internal import NIOCore

/// One request, with its connection, which a fault may cut.
struct SandboxContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  /// By how many milliseconds what is read lags behind what was written.
  var searchLag: Int64 = 0

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
