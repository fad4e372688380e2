import Belt
import Leads
import OutsideCalls
import StrictJSON

/// The calls of one integration.
struct TOTVSCalls: Sendable {
  let caller: Caller
  let integration: String

  func answer<Answer>(_ call: Call<Answer>) async throws(CRMError) -> Answer {
    do throws(CallError) {
      return try await caller.answer(call, for: integration)
    } catch {
      throw CRMError(error)
    }
  }

  /// All rows of a table.
  ///
  /// - Throws: ``CRMError`` of code `refused` for a table that does not fit into one answer: what is not
  ///   in the part that came must not count as missing.
  func table(_ resource: TOTVSResource) async throws(CRMError) -> [JSON] {
    let answer = try await self.answer(resource.rows())
    guard answer.isWhole else {
      throw CRMError(
        .refused,
        Reason(
          "totvs_table_cut",
          "TOTVS CRM answers only a part of “\(resource.resource)”, and how it pages is not known."
        )
      )
    }
    return answer.rows
  }

  /// The records that the filter names; none where no filter can name them.
  func records(_ resource: TOTVSResource, _ filter: RestQuery?) async throws(CRMError) -> [JSON] {
    guard let filter else { return [] }
    return try await answer(resource.rows(where: filter)).rows
  }

  /// The record of that id as it stands.
  func record(_ resource: TOTVSResource, _ record: CRMRecord) async throws(CRMError) -> JSON? {
    try await records(resource, RestQuery("id", record.id)).first
  }

  func update(_ resource: TOTVSResource, _ record: CRMRecord, _ body: JSON) async throws(CRMError) {
    guard let filter = RestQuery("id", record.id) else { throw .absent }
    try await answer(resource.update(filter, body))
  }

  /// Creates a record; where another change was in the way, it is looked for once, since that change may
  /// have been our own create.
  func create(_ resource: TOTVSResource, _ body: JSON, marked externalID: String)
    async throws(CRMError) -> CRMRecord
  {
    do throws(CallError) {
      return CRMRecord(id: try await caller.answer(resource.create(body), for: integration))
    } catch {
      guard error.cause == .conflict,
        let own = try await records(resource, RestQuery("externalId", externalID)).oldest
      else { throw CRMError(error) }
      return own
    }
  }

  /// Serves the items beside each other, and answers in their order.
  func each<Item: Sendable, Answer: Sendable>(
    _ items: [Item],
    _ serve: @escaping @Sendable (Item) async throws(CRMError) -> Answer
  ) async -> [Result<Answer, CRMError>] {
    let places = Dictionary(
      uniqueKeysWithValues: items.enumerated().map { ($0.offset, [$0.element]) }
    )
    let served = await sideBySide(places, atOnce: 8) {
      place,
      items async -> (Int, Result<Answer, CRMError>) in
      do throws(CRMError) {
        return (place, .success(try await serve(items[0])))
      } catch {
        return (place, .failure(error))
      }
    }
    return served.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension CRMError {
  /// The CRM does not hold it (any more).
  static let absent = CRMError(
    .refused,
    Reason("totvs_not_found", "TOTVS CRM does not hold this record, or hides it from the user.")
  )
}

extension [JSON] {
  /// Of several records the oldest: the one with the smallest `code`, which is a number that rises
  /// (assumed).
  var oldest: CRMRecord? {
    let first = self.min { ($0["code"]?.int ?? .max) < ($1["code"]?.int ?? .max) }
    return first?["id"]?.string.map(CRMRecord.init)
  }
}
