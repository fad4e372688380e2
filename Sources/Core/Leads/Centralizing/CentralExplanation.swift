extension CentralDecision {
  package var explanation: String { "The contact is \(contact.id)." }
}
