import Foundation
import TestKit

extension PrivatePostgres {
  /// Restarts it with room for so many locks a connection; nil for as many as it has by itself.
  ///
  /// With little room, few leads are a batch that one transaction cannot lock.
  func setLocks(_ number: Int?) async throws {
    let file = directory.appending(path: "data/postgresql.auto.conf")
    let text = number.map { "max_locks_per_transaction = \($0)\n" } ?? ""
    try await kill()
    // In place: the file stays the server's own.
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
    try await start()
  }
}
