import Operations
import CommandLineInterface

extension Fleet {
  /// Moves what was parked on the broker into the list of dead letters, and says so when the broker could
  /// not be asked.
  func recordParked() async throws {
    guard let why = try await ParkedQueue.drainIfReachable(self) else { return }
    Terminal.complain(
      "note: the broker could not be asked for newly parked messages (\(why)); "
        + "what follows is what was recorded before"
    )
  }
}
