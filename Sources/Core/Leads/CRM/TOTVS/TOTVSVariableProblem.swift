package import Belt

/// One variable that is wrong, by its name.
package struct TOTVSVariableProblem: Failure, Hashable {
  /// As it stands in the settings.
  package let variable: String
  /// The sentence names the variable; it quotes neither an e-mail address nor what should have been a
  /// UUID, which may be anything.
  package let reason: Reason

  package init(_ variable: String, _ code: String, _ sentence: String) {
    self.variable = variable
    reason = Reason(code, sentence)
  }

  package var disposition: Disposition { .reject }

  /// The same as an adapter tells it: no attempt helps until the settings or the tenant change.
  package var error: CRMError { CRMError(.configuration, reason) }
}

/// Everything that is wrong with the variables of one integration.
package struct TOTVSVariablesError: Failure, Hashable {
  /// At least one; those of TOTVS CRM first, then the names that it does not have, by name.
  package let problems: [TOTVSVariableProblem]

  package init(problems: [TOTVSVariableProblem]) { self.problems = problems }

  package var disposition: Disposition { .reject }

  package var reason: Reason {
    Reason("totvs_variables_wrong", problems.map(\.reason.sentence).joined(separator: " "))
  }
}
