internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON

extension Request {
  /// The `data` of a body of v2.
  func data2() async throws -> JSON {
    guard let data = try await json()["data"], data.members != nil else {
      throw RDCRMErrors.detail(.badRequest, "data is missing")
    }
    return data
  }
}

extension RDCRMCall {
  /// A page of v2: no count; links carry the vendor's inner prefix, which the gateway does not know.
  func page2(_ items: [JSON], _ request: Request, _ path: String) throws -> Response {
    let asked = request.query(bracketed: "page[size]").flatMap { Int($0) }
    let size = min(200, max(1, asked ?? settings.number("page_size")))
    let page = max(1, request.query(bracketed: "page[number]").flatMap { Int($0) } ?? 1)
    guard page * size <= settings.number("records_reachable") else {
      throw RDCRMErrors.detail(
        .badRequest,
        "Only the first \(settings.number("records_reachable")) records can be reached."
      )
    }
    let shown = Array(items.dropFirst((page - 1) * size).prefix(size))
    let hasMore = page * size < items.count
    return Response.json([
      "data": .array(shown),
      "links": [
        "self": .string("/api/v2/\(path)?page[number]=\(page)"),
        "next": hasMore ? .string("/api/v2/\(path)?page[number]=\(page + 1)") : .null,
      ],
    ])
  }

  /// The filter of the query; a text that is none is refused.
  func filter2(_ request: Request) throws -> RDQL? {
    guard let text = request.query("filter"), !text.isEmpty else { return nil }
    guard let filter = RDQL(text) else {
      throw RDCRMErrors.detail(.badRequest, "filter is invalid")
    }
    return filter
  }

  /// Those of the records that the filter admits.
  func admitted<Record>(
    _ records: [Record],
    _ filter: RDQL?,
    _ read: (Record, String) -> [String]?
  ) throws -> [Record] {
    guard let filter else { return records }
    return try records.filter { record in
      guard let isAdmitted = filter.admits({ read(record, $0) }) else {
        throw RDCRMErrors.detail(.badRequest, "filter is invalid")
      }
      return isAdmitted
    }
  }
}

extension Request {
  /// A parameter whose name has brackets, which come encoded or not.
  func query(bracketed name: String) -> String? {
    uri.queryParameters.first { percentDecoded($0.key) == name }.map { String($0.value) }
  }
}
