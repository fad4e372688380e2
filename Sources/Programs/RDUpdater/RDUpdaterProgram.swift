import BeltStorage
import Bootstrap
import RDUpdater

@main
struct RDUpdaterProgram {
  static func main() async {
    await WorkerProgram.run(lanes: 2) { resources in
      RDUpdaterStage(
        crms: resources.crms,
        desk: CallDesk(
          RDCalls(resources.rdStation),
          pool: resources.pool,
          patience: Patience(resources.rdPatience)
        )
      )
    }
  }
}
