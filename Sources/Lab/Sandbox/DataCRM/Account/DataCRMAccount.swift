internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// One customer's DataCRM.
final class DataCRMAccount: Sendable {
  let name: String
  let state: Mutex<State>

  struct User: Sendable, Hashable {
    let number: Int
    let name: String
    let email: String
    var isActive = true
    var isAdministrator = false
    var accessKey: String

    var id: String { "\(DataCRMModule.usersPrefix)x\(number)" }
  }

  struct Group: Sendable, Hashable {
    let number: Int
    let name: String

    var id: String { "\(DataCRMModule.groupsPrefix)x\(number)" }
  }

  /// A “tarea automática” that calls a web address after each save of a module.
  struct Task: Sendable, Hashable {
    enum Form: String, Sendable {
      case form, json
    }

    let module: String
    let url: String
    let form: Form
  }

  struct State: Sendable {
    var users: [User]
    var groups: [Group]
    var modules = DataCRMModule.initial
    var records: [String: DataCRMRecord] = [:]
    var sessions = DataCRMSessionBook()
    var tasks: [Task] = []
    /// Creates that are still served before the keys of all users are changed; nil changes none.
    var createsBeforeLockout: Int?
    private var lastNumber = 100

    init(users: [User], groups: [Group]) {
      self.users = users
      self.groups = groups
    }

    mutating func nextNumber() -> Int {
      lastNumber += 1
      return lastNumber
    }

    /// An administrator gave all users other keys, and their sessions ended.
    mutating func lockOut() {
      for place in users.indices { users[place].accessKey += "-former" }
      sessions.endAll()
      createsBeforeLockout = nil
    }

    func owns(_ id: String) -> Bool {
      users.contains { $0.id == id && $0.isActive } || groups.contains { $0.id == id }
    }

    /// Those that are not deleted.
    func records(of module: String) -> [DataCRMRecord] {
      records.values.filter { $0.module == module && !$0.isDeleted }
    }
  }

  init(name: String) {
    self.name = name
    func user(_ number: Int, _ user: String, isAdministrator: Bool = false) -> User {
      User(
        number: number,
        name: user,
        email: "\(user)@\(name).com.br",
        isAdministrator: isAdministrator,
        accessKey: "sandbox-key-\(user)-\(name)"
      )
    }
    state = Mutex(
      State(
        users: [
          user(1, "admin", isAdministrator: true), user(6, "rdstation", isAdministrator: true),
          user(7, "bia"), user(8, "caio"),
        ],
        groups: [Group(number: 5, name: "Ventas"), Group(number: 9, name: "Soporte")]
      )
    )
  }
}
