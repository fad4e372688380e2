import BeltStorage
import Bootstrap
import RDUpdater

@main
struct RDUpdaterProgram {
  static func main() async {
    await WorkerProgram.run(lanes: 2) { resources in
      RDUpdaterStage(
        database: resources.database,
        crms: resources.crms,
        desk: CallDesk(
          RDCalls(resources.rdStation),
          pool: resources.database.pool,
          patience: Patience(resources.rdPatience)
        )
      )
    }
  }
}
