import Belt
import OutsideCalls
import StrictJSON

/// Assumed (reference 2.5): v1 has no amount to write, so a deal's value is one line of a product of ours.
///
/// Lines that sellers add stay; the deal's total is then the sum of all.
enum V1Value {
  static let product = "Valor do lead"

  /// In a new deal, where a line needs no product of the account.
  static func line(_ value: String) -> JSON {
    [
      "name": .string(product), "description": "", "base_price": .number(value),
      "price": .number(value), "amount": 1, "total": .number(value), "discount_type": "value",
      "recurrence": "spare",
    ]
  }

  /// Of a deal that is there.
  static func line(_ value: String, of product: String) -> JSON {
    [
      "product_id": .string(product), "price": .number(value), "amount": 1, "discount": 0,
      "discount_type": "value", "recurrence": "spare",
    ]
  }
}

extension V1 {
  /// The line with our product is changed where there is one, and made where there is none.
  func set(value: String, of deal: String) async throws(CallError) {
    let product = try await productID()
    let lines = try await ask(V1Routes.lines.call(deal))
    if let line = lines.first(where: { $0.productID == product }) {
      let body = V1Value.line(value, of: product)
      _ = try await ask(V1Routes.changeLine.call(deal, line.id, body: body))
    } else {
      _ = try await ask(V1Routes.addLine.call(deal, body: V1Value.line(value, of: product)))
    }
  }

  private func productID() async throws(CallError) -> String {
    let known = try await all(V1Routes.products, ["q": V1Value.product])
      .first { $0.name == V1Value.product }
    if let known { return known.id }
    let body: JSON = ["product": ["name": .string(V1Value.product), "base_price": "0.00"]]
    return try await ask(V1Routes.addProduct.call(body: body))
  }
}
