internal import StrictJSON

/// One event of a call, read and found valid.
struct RDEventEnvelope: Sendable {
  static let types = [
    "CONVERSION", "OPPORTUNITY", "SALE", "OPPORTUNITY_LOST", "CHAT_STARTED", "CHAT_FINISHED",
    "CALL_FINISHED", "MEDIA_PLAYBACK_STARTED", "MEDIA_PLAYBACK_STOPPED",
    "ECOMMERCE_CHECKOUT_STARTED", "ECOMMERCE_CART_ABANDONED", "ECOMMERCE_ORDER_PLACED",
    "ECOMMERCE_ORDER_PAID", "ECOMMERCE_ORDER_FULFILLED", "ECOMMERCE_SHIPMENT_DELIVERED",
    "ECOMMERCE_ORDER_CANCELLED", "ECOMMERCE_ORDER_REFUNDED",
  ]

  let type: String
  let email: String
  let payload: JSON

  init(_ json: JSON) throws(Refusal) {
    guard let type = json["event_type"]?.string, Self.types.contains(type) else {
      throw RDErrors.bare(
        "$.event_type",
        "INVALID_OPTION",
        "Must be one of the valid options.",
        rules: ["valid_options": .array(Self.types.map(JSON.string))]
      )
    }
    guard json["event_family"]?.string == "CDP" else {
      throw RDErrors.at(
        "$.event_family",
        "INVALID_OPTION",
        "Must be one of the valid options.",
        rules: ["valid_options": ["CDP"]]
      )
    }
    guard let payload = json["payload"], payload.members != nil else {
      throw RDErrors.at("$.payload", "INVALID_DATA_TYPE", "Must be of type 'OBJECT'.")
    }
    self.type = type
    self.payload = payload
    email = try Self.text("email", in: payload)
    if type == "CONVERSION" { _ = try Self.text("conversion_identifier", in: payload) }
    if payload["tags"] != nil { try Self.checkTags(payload) }
    if ["OPPORTUNITY", "SALE", "OPPORTUNITY_LOST"].contains(type) {
      guard payload["funnel_name"]?.string == "default" else {
        throw RDErrors.at(
          "$.payload.funnel_name",
          "INVALID_OPTION",
          "Must be one of the valid options.",
          rules: ["valid_options": ["default"]]
        )
      }
    }
    if type == "SALE" { try Self.checkValue(payload) }
  }

  private static func text(_ name: String, in payload: JSON) throws(Refusal) -> String {
    guard let text = payload[name]?.string, !text.isEmpty else {
      throw RDErrors.at("$.payload.\(name)", "CANNOT_BE_NULL", "Cannot be null.")
    }
    return text
  }

  private static func checkTags(_ payload: JSON) throws(Refusal) {
    guard payload["tags"]?.array != nil else {
      throw RDErrors.at(
        "$.payload.tags",
        "INVALID_DATA_TYPE",
        "Must be of type 'SET'.",
        rules: ["data_type": "SET"]
      )
    }
    _ = try RDContactBody.tags(in: payload)
  }

  private static func checkValue(_ payload: JSON) throws(Refusal) {
    guard let value = payload["value"] else { return }
    guard let number = value.double else {
      throw RDErrors.at(
        "$.payload.value",
        "INVALID_DATA_TYPE",
        "Must be of type 'NUMBER'.",
        rules: ["data_type": "NUMBER"]
      )
    }
    guard number <= 99_999_999 else {
      throw RDErrors.at(
        "$.payload.value",
        "MUST_BE_LESS_THAN_OR_EQUAL",
        "Must be less than or equal to 99999999.0."
      )
    }
  }
}
