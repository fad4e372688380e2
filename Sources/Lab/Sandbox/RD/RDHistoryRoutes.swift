private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// `GET …/events`: a bare array, ten a page, oldest first unless the order says `desc`.
  func addHistoryRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("platform/contacts/:id/events") { request, context in
      let call = try RDCall(request, self, quota: .contacts)
      guard let type = request.query("event_type"), ["CONVERSION", "OPPORTUNITY"].contains(type)
      else {
        throw RDErrors.at("$.event_type", "REQUIRED_PARAMETER", "event_type is required.")
      }
      let page = max(1, request.query("page").flatMap { Int($0) } ?? 1)
      let isDescending =
        request.query("order")?.hasSuffix(":desc") == true || request.query("direction") == "desc"
      let history = call.account.state.withLock { state in
        state.uuid(of: context.contact).flatMap { state[uuid: $0]?.history }
      }
      guard let history else { throw RDErrors.leadNotFound }
      let lag = context.searchLag
      let shownAt = call.now.adding(milliseconds: -lag)
      let items = history.filter { $0.type == type && (lag == 0 || $0.at <= shownAt) }
      let ordered = isDescending ? items.reversed() : items
      return Response.json(
        .array(ordered.dropFirst((page - 1) * 10).prefix(10).map(\.json))
      )
    }
  }
}
