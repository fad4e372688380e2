/// How much load the bench makes.
struct BenchPlan: Sendable {
  /// Taken through all stages at once.
  var leads: Int
  /// How long ingress is loaded.
  var burst: Duration
  /// Kept open to ingress.
  var connections: Int
  /// Of each raw rate.
  var ceiling = Duration.seconds(3)
  /// Leads a second while latency is measured.
  var steadyRate = 50
  var steadySeconds = 20
  /// Leads a second, so few that each is alone in every stage.
  var sparseRate = 5
  var sparseSeconds = 10
  /// Bodies made ahead for a second of the burst; an ingress that takes more ends it early.
  var bodiesPerSecond = 4000
}
