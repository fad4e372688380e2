private import HTTPTypes
internal import Hummingbird
private import NIOCore

/// The bodies that one simulated system gives to faults.
protocol FaultAnswers: Sendable {
  /// What a fault's route is compared with: the path, and what else tells calls to it apart.
  func place(of request: inout Request) async throws -> String
  func answer(to request: Request, status: Int) -> Response
  /// A 429 in one of its forms, 1 to 3.
  func rateLimited(_ request: Request, form: Int) -> Response
  /// Makes the token of the request expire, so that handling it meets a true expiry.
  func expireToken(of request: Request)
}

extension FaultAnswers {
  func place(of request: inout Request) -> String { request.uri.path }
}

/// Lets the faults in force strike the requests of one simulator.
struct FaultMiddleware: RouterMiddleware {
  let plan: FaultPlan
  let answers: any FaultAnswers
  let late: LateCommits

  func handle(
    _ request: Request,
    context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    if LateCommits.isLate(request) { return try await next(request, context) }
    var request = request
    let place = try await answers.place(of: &request)
    let faults = plan.strike(method: request.method.rawValue, path: place)
    for fault in faults where fault.kind == .latency {
      try await Task.sleep(for: .milliseconds(fault.milliseconds))
    }
    guard let fault = faults.first(where: { $0.kind != .latency }) else {
      return try await next(request, context)
    }
    switch fault.kind {
    case .latency: return try await next(request, context)
    case .status: return answers.answer(to: request, status: fault.status ?? 503)
    case .searchLag:
      var context = context
      context.searchLag = Int64(fault.milliseconds)
      return try await next(request, context)
    case .lateCommit:
      let bytes = try await request.bytes(upTo: 1 << 20)
      late.call(request, bytes, on: context.channel, after: .milliseconds(fault.milliseconds))
      if let status = fault.status { return answers.answer(to: request, status: status) }
      try await context.channel.close()
      return Response(status: .ok)
    case .rateLimit1: return answers.rateLimited(request, form: 1)
    case .rateLimit2: return answers.rateLimited(request, form: 2)
    case .rateLimit3: return answers.rateLimited(request, form: 3)
    case .expiredToken:
      answers.expireToken(of: request)
      return try await next(request, context)
    case .dropBefore:
      try await context.channel.close()
      return Response(status: .ok)
    case .dropAfterCommit:
      let response = try await answer(request, context, next)
      try await context.channel.close()
      return response
    case .cutBody: return cut(try await answer(request, context, next), context)
    }
  }

  /// A refusal is an answer like the others, which can be lost too.
  private func answer(
    _ request: Request,
    _ context: SandboxContext,
    _ next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let refusal as Refusal {
      return refusal.response
    }
  }

  /// The answer's head, one byte of its body, and then nothing.
  private func cut(_ response: Response, _ context: SandboxContext) -> Response {
    var response = response
    let length = max(2, response.body.contentLength ?? 2)
    response.headers[.contentLength] = String(length)
    response.body = ResponseBody(contentLength: length) { writer in
      try await writer.write(ByteBuffer(string: "{"))
      try await context.channel.close()
      try await writer.finish(nil)
    }
    return response
  }
}
