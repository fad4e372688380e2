private import HTTPTypes
internal import Hummingbird
private import StrictJSON
private import Synchronization

extension TOTVSSimulator {
  /// The version of the tree that webhooks name.
  static let nativeVersion = "v11"

  /// `GET /totvs/api/v11/{service}/{collection}/{id}`: one record, as the address of a webhook names it
  /// (assumed).
  func addNativeRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("api/v11/:service/:collection/:id") { request, context in
      let tenant = try self.tenant(of: request)
      let (service, collection) = (
        context.parameters.get("service"), context.parameters.get("collection")
      )
      let table = TenantTable(service: service ?? "", resource: "\(collection ?? "")-integration")
      let id = context.parameters.get("id") ?? ""
      let record = table.flatMap { table in tenant.state.withLock { $0[table, id] } }
      guard let record, !record.isHidden else { throw TenantErrors.notFound }
      return Response.json(record.json)
    }
  }
}
