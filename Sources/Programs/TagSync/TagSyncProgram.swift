import Bootstrap
import TagSync

@main
struct TagSyncProgram {
  static func main() async {
    await WorkerProgram.run(lanes: 2) { resources in
      TagSyncStage(crms: resources.crms, client: resources.rdStation)
    }
  }
}
