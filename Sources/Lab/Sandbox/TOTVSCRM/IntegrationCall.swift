internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
private import StrictJSON
private import Synchronization

/// One call of the integration endpoint: what its headers say.
struct IntegrationCall {
  enum Action: String {
    case create, update, upsert, delete
  }

  let tenant: Tenant
  let table: TenantTable
  let action: Action?
  let filter: String?

  /// - Throws: A 401 without a session, a 400 for a header that is missing, wrong or not allowed, a 404 for
  ///   a resource that there is not.
  init(_ request: Request, _ simulator: TOTVSSimulator) throws(Refusal) {
    tenant = try simulator.tenant(of: request)
    guard let service = request.headers[.service], let resource = request.headers[.resource] else {
      throw TenantErrors.header("Integration-Resource")
    }
    guard let table = TenantTable(service: service, resource: resource) else {
      throw TenantErrors.refusal(.notFound, "unknownResource", "There is no such resource.")
    }
    self.table = table
    guard let version = request.headers[.version].flatMap({ Int($0.dropFirst()) }),
      (1...table.version).contains(version)
    else { throw TenantErrors.header("Integration-Version") }
    filter = request.headers[.filter]
    guard filter?.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) != false else {
      throw TenantErrors.header("Integration-Filter")
    }
    if request.method == .get {
      action = nil
      return
    }
    guard let action = request.headers[.action].flatMap(Action.init(rawValue:)),
      (request.method == .delete) == (action == .delete), table.isWritable
    else { throw TenantErrors.header("Integration-Action") }
    guard (filter == nil) == (action == .create) else {
      throw TenantErrors.header("Integration-Filter")
    }
    self.action = action
  }

  /// The records that the integration's user sees and the filter names; what changes often begins with the
  /// newest.
  func meant(in state: TenantState, notAfter time: Timestamp? = nil) throws(Refusal)
    -> [TenantRecord]
  {
    let filter = try filter.map { text throws(Refusal) in
      try TenantFilter(text, of: table, in: state)
    }
    let records = state.records[table] ?? []
    return (table.isWritable ? records.reversed() : records).filter { record in
      !record.isHidden && filter?.meets(record.json) != false
        && time.map { record.createdAt <= $0 } != false
    }
  }
}

extension HTTPField.Name {
  static var action: Self { named("Integration-Action") }
  static var service: Self { named("Integration-Service") }
  static var resource: Self { named("Integration-Resource") }
  static var version: Self { named("Integration-Version") }
  static var filter: Self { named("Integration-Filter") }

  private static func named(_ text: String) -> Self {
    guard let name = Self(text) else { preconditionFailure("\(text) is no name of a header") }
    return name
  }
}
