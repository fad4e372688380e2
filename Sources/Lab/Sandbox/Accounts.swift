internal import Synchronization

/// The accounts of a simulated system by their names, each made on its first use.
final class Accounts<Account: Sendable>: Sendable {
  private let made = Mutex<[String: Account]>([:])
  private let make: @Sendable (_ name: String) -> Account

  init(_ make: @escaping @Sendable (_ name: String) -> Account) { self.make = make }

  func account(_ name: String) -> Account {
    made.withLock { made in
      if let account = made[name] { return account }
      let account = make(name)
      made[name] = account
      return account
    }
  }

  /// By name.
  var all: [Account] { made.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
}
