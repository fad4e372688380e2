internal import Hummingbird
private import StrictJSON

extension FaultPlan {
  /// `PUT /faults?seed=N` replaces all, `GET` shows them with how often each struck, `DELETE` ends
  /// them.
  func addRoutes(to router: Router<SandboxContext>) {
    router.get("faults") { _, _ in Response.json(self.json) }
    router.delete("faults") { _, _ in
      self.replace(with: [], seed: 1)
      return Response(status: .noContent)
    }
    router.put("faults") { request, _ in
      let list = try await request.json().array
      let faults = list?.compactMap { Fault($0) }
      guard let faults, faults.count == list?.count else {
        let kinds = Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal(
          status: .badRequest,
          body: [
            "message": .string(
              "expected an array of {route, kind, percent, status, milliseconds, times}; "
                + "kind is one of \(kinds)"
            )
          ]
        )
      }
      self.replace(with: faults, seed: request.query("seed").flatMap { UInt64($0) } ?? 1)
      return Response.json(self.json)
    }
  }
}
