package import Belt
package import Leads

/// Where an opportunity starts in TOTVS CRM, by the ids that its API takes.
package struct TOTVSPlace: Sendable, Hashable {
  package let pipeline: Identifier
  package let stage: Identifier
  package let opportunityType: Identifier

  /// Finds what the draft names by description; what it leaves blank the variables name (B075–B077).
  ///
  /// - Throws: ``CRMError`` of code `configuration` that names what the tenant does not have.
  package init(of draft: OpportunityDraft, in tenant: TOTVSTenant, variables: TOTVSVariables)
    throws(CRMError)
  {
    let (ownPipeline, ownStage) = (draft.pipeline.nonBlank, draft.stage.nonBlank)
    guard let pipeline = tenant.pipeline(ownPipeline ?? variables.pipeline) else {
      throw ownPipeline.map { Self.unknown("pipeline", $0) }
        ?? TOTVSVariableProblem(missing: .pipeline, variables.pipeline, in: tenant.pipelines).error
    }
    guard let stage = pipeline.stage(ownStage ?? variables.stage) else {
      throw ownStage.map { Self.unknown("stage", $0, in: pipeline) }
        ?? TOTVSVariableProblem(missing: .stage, variables.stage, in: pipeline.stages).error
    }
    guard let type = tenant.opportunityType(variables.opportunityType) else {
      throw TOTVSVariableProblem(
        missing: .opportunityType,
        variables.opportunityType,
        in: tenant.opportunityTypes
      ).error
    }
    self.pipeline = pipeline.id
    self.stage = stage.id
    opportunityType = type.id
  }

  private static func unknown(
    _ kind: String,
    _ description: String,
    in pipeline: TOTVSTenant.Pipeline? = nil
  ) -> CRMError {
    let place = pipeline.map { "The pipeline “\($0.description)” of TOTVS CRM" } ?? "TOTVS CRM"
    return CRMError(
      .configuration,
      Reason(
        "totvs_\(kind)_not_in_tenant",
        "\(place) has no \(kind) “\(description)”, which the trigger names."
      )
    )
  }
}
