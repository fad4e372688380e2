private import StrictJSON
package import Belt

extension WebhookContent {
  /// A webhook of its own with the leads at these positions: what could not be stored together with the
  /// others of its body.
  ///
  /// Nil for a body that cannot be read, which is not taken apart.
  package func rest(at positions: [Int]) throws -> Message? {
    guard let leads = try RDWebhookBody.leads(of: JSON(parsing: message.body)) else { return nil }
    let chosen = positions.filter(leads.indices.contains).map { leads[$0] }
    var rest = message.following(
      to: Flow.entry.stage,
      type: WebhookReceived.type,
      body: (["leads": .array(chosen)] as JSON).encoded,
      part: positions.map(String.init).joined(separator: ",")
    )
    rest.trigger = message.trigger
    rest.round = message.round
    // As of a webhook that arrives: each of its leads begins a journey of its own.
    rest.journey = rest.id
    return rest
  }
}
