import Belt
import Leads
import OutsideCalls
import StrictJSON

/// The calls of one integration, with the errors of the port.
struct DataCRMLink: Sendable {
  let caller: Caller
  let integration: String

  func answer<Answer>(_ call: Call<Answer>) async throws(CallError) -> Answer {
    try await caller.answer(call, for: integration)
  }

  func rows(_ statement: Statement) async throws(CRMError) -> [DataCRMRow] {
    let call = DataCRMRoutes.query.call(query: parameters(["query": statement.text]))
    do throws(CallError) {
      return try await answer(call)
    } catch {
      throw CRMError(error)
    }
  }

  func form(of module: String) async throws(CRMError) -> ModuleForm {
    let call = DataCRMRoutes.describe.call(query: parameters(["elementType": module]))
    do throws(CallError) {
      return try await answer(call)
    } catch {
      throw CRMError(error)
    }
  }

  /// Nil for a record that is gone.
  ///
  /// DataCRM answers for one that was deleted as for one that the user may not see: both are gone for us.
  func row(_ id: String) async throws(CRMError) -> DataCRMRow? {
    do throws(CallError) {
      return try await answer(DataCRMRoutes.retrieve.call(query: parameters(["id": id])))
    } catch {
      guard error.isOfGoneRecord else { throw CRMError(error) }
      return nil
    }
  }

  /// Creates a record; the cause of a failure is that of the call.
  func create(
    _ element: [String: String],
    in module: String,
    by route: Route<DataCRMRow>
  ) async throws(CallError) -> DataCRMRow {
    try await answer(
      route.call(
        form: parameters([
          "operation": "create", "elementType": module, "element": Self.json(element),
        ])
      )
    )
  }

  /// Changes these fields of a record, and no others.
  ///
  /// Where `revise` is missing, the whole record goes back with them: `update` may empty what it is not
  /// told.
  func revise(_ row: DataCRMRow, to changes: [String: String]) async throws(CallError) {
    do throws(CallError) {
      _ = try await change("revise", changes.merging(["id": row.id]) { $1 }, DataCRMRoutes.revise)
    } catch {
      guard error.isOfMissingOperation else { throw error }
      let whole = row.writable.merging(changes) { $1 }.merging(["id": row.id]) { $1 }
      _ = try await change("update", whole, DataCRMRoutes.update)
    }
  }

  private func change(
    _ operation: String,
    _ element: [String: String],
    _ route: Route<DataCRMRow>
  ) async throws(CallError) -> DataCRMRow {
    try await answer(
      route.call(form: parameters(["operation": operation, "element": Self.json(element)]))
    )
  }

  private static func json(_ element: [String: String]) -> String {
    let members = element.sorted { $0.key < $1.key }
      .map { JSON.Members.Member(key: $0.key, value: .string($0.value)) }
    return JSON.object(JSON.Members(members)).text
  }
}
