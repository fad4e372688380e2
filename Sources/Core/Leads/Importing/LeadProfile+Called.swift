extension LeadProfile {
  /// What a person calls the lead: its name, else its e-mail, else its phone; nil when it has none.
  package var called: String? {
    [name, email?.text, mobilePhone, personalPhone].lazy.compactMap { $0?.nonBlank }.first
  }
}
